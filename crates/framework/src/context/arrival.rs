//! Where contexts come from: the app, and the connection of the client.

use std::sync::Arc;

use crate::app::ReadyApp;
use crate::request::Connection;
use crate::server::Activity;

/// An app, and the connection that requests reach it through.
///
/// All requests of a connection share it: the app's own references are counted by all threads, which would wait
/// for each other with every request.
#[derive(Debug)]
pub(crate) struct Arrival {
    app: ReadyApp,
    connection: Connection,
    /// What the server watches the connection by, where there is one.
    activity: Option<Arc<Activity>>,
}

impl Arrival {
    pub(crate) fn new(app: ReadyApp, connection: Connection) -> Arc<Self> {
        Arc::new(Self {
            app,
            connection,
            activity: None,
        })
    }

    /// An app, and a connection that the server watches.
    pub(crate) fn watched(
        app: ReadyApp,
        connection: Connection,
        activity: Arc<Activity>,
    ) -> Arc<Self> {
        Arc::new(Self {
            app,
            connection,
            activity: Some(activity),
        })
    }

    pub(crate) fn app(&self) -> &ReadyApp {
        &self.app
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn activity(&self) -> Option<&Arc<Activity>> {
        self.activity.as_ref()
    }
}
