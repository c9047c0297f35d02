//! Contexts that are used again.

use std::sync::Arc;

use triomphe::UniqueArc;

use crate::context::{Arrival, ContextData};
use crate::spare::{self, Spare};

thread_local! {
    /// The context that ended last on this thread, empty but for the connection that the server is at.
    static SPARE: Spare<UniqueArc<ContextData>> = const { Spare::none() };
}

/// Takes an empty context for a request that came by a connection.
#[inline]
pub(super) fn take(arrival: &Arc<Arrival>) -> UniqueArc<ContextData> {
    let spare = spare::take(&SPARE);
    let mut data = spare.unwrap_or_else(|| UniqueArc::new(ContextData::default()));
    let is_known = |known: &Arc<Arrival>| Arc::ptr_eq(known, arrival);
    if !data.arrival.as_ref().is_some_and(is_known) {
        data.arrival = Some(arrival.clone());
    }
    data
}

/// Keeps a context for the next request; what is in it is dropped.
#[inline]
pub(super) fn keep(mut data: UniqueArc<ContextData>) {
    data.clear();
    spare::keep(&SPARE, data);
}

/// Lets go of the connection that the context which is kept came by. The server says so when it leaves a connection:
/// while it is there, requests that came together share one reference.
pub(crate) fn let_go() {
    if let Some(mut data) = spare::take(&SPARE) {
        data.arrival = None;
        spare::keep(&SPARE, data);
    }
}

impl ContextData {
    /// Drops all that belongs to a request.
    fn clear(&mut self) {
        self.request.clear();
        self.original = None;
        // Few have these, and asking costs less than making new ones.
        if self.session.get().is_some() {
            self.session.take();
        }
        if self.rare.get().is_some() {
            self.rare.take();
        }
        *self.pushes.get_mut() = 0;
        if let Some(arrival) = &self.arrival
            && arrival.activity().is_none()
        {
            self.arrival = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::let_go;
    use crate::app::App;
    use crate::context::{AppContext, Arrival};
    use crate::request::{Connection, RequestBody};
    use crate::server::Activity;

    fn end_a_request(arrival: &Arc<Arrival>) {
        let request = http::Request::new(RequestBody::default());
        AppContext::new(arrival, request, |body| body).give_up();
    }

    #[test]
    fn a_connection_is_kept_until_the_server_leaves_it() {
        let app = App::new("test").build().expect("an app");
        let activity = Arc::new(Activity::new(Arc::default()));
        let arrival = Arrival::watched(app, Connection::default(), activity);
        end_a_request(&arrival);
        end_a_request(&arrival);
        assert_eq!(Arc::strong_count(&arrival), 2);
        let_go();
        assert_eq!(Arc::strong_count(&arrival), 1);
    }

    #[test]
    fn a_connection_that_no_server_watches_is_not_kept() {
        let app = App::new("test").build().expect("an app");
        let arrival = Arrival::new(app, Connection::default());
        end_a_request(&arrival);
        assert_eq!(Arc::strong_count(&arrival), 1);
    }
}
