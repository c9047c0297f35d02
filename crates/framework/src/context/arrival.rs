//! Where contexts come from: the app, and the connection of the client.

use std::sync::Arc;

use crate::app::ReadyApp;
use crate::request::Connection;

/// An app, and the connection that requests reach it through.
///
/// All requests of a connection share it: the app's own references are counted by all threads, which would wait
/// for each other with every request.
#[derive(Debug)]
pub(crate) struct Arrival {
    app: ReadyApp,
    connection: Connection,
}

impl Arrival {
    pub(crate) fn new(app: ReadyApp, connection: Connection) -> Arc<Self> {
        Arc::new(Self { app, connection })
    }

    pub(crate) fn app(&self) -> &ReadyApp {
        &self.app
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }
}
