//! Contexts that are used again.

use std::sync::Arc;

use triomphe::UniqueArc;

use crate::context::{AppContext, Arrival, ContextData};

/// A context without a request, which the next one can have. It may keep the connection of the last one.
pub(crate) struct SpareContext(UniqueArc<ContextData>);

impl SpareContext {
    /// Lets go of the connection that the last request came by.
    pub(crate) fn let_go(&mut self) {
        self.0.arrival = None;
    }
}

/// An empty context for what came by a connection: a spare one, or a new one.
#[inline]
pub(super) fn empty(spare: Option<SpareContext>, arrival: &Arc<Arrival>) -> UniqueArc<ContextData> {
    let mut data = match spare {
        Some(spare) => spare.0,
        None => new(),
    };
    let is_known = |known: &Arc<Arrival>| Arc::ptr_eq(known, arrival);
    if !data.arrival.as_ref().is_some_and(is_known) {
        data.arrival = Some(arrival.clone());
    }
    data
}

#[cold]
fn new() -> UniqueArc<ContextData> {
    UniqueArc::new(ContextData::default())
}

impl AppContext {
    /// Gives the context up. If nobody else has it, it is emptied for another request; while the server is at its
    /// connection, requests that came together share one reference of that.
    #[inline]
    pub(crate) fn give_up(self) -> Option<SpareContext> {
        let mut data = triomphe::Arc::try_unique(self.0).ok()?;
        data.clear();
        Some(SpareContext(data))
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

    use crate::app::App;
    use crate::context::{AppContext, Arrival};
    use crate::request::{Connection, RequestBody};
    use crate::server::Activity;

    /// A context whose first request has ended.
    fn spare(arrival: &Arc<Arrival>) -> super::SpareContext {
        let request = http::Request::new(RequestBody::default());
        let ctx = AppContext::new(None, arrival, request, |body| body);
        ctx.give_up().expect("nobody else has it")
    }

    #[test]
    fn a_connection_is_kept_until_the_server_leaves_it() {
        let app = App::new("test").build().expect("an app");
        let activity = Arc::new(Activity::new(Arc::default()));
        let arrival = Arrival::watched(app, Connection::default(), activity);
        let mut spare = spare(&arrival);
        assert_eq!(Arc::strong_count(&arrival), 2);
        let data = super::empty(Some(spare), &arrival);
        assert_eq!(Arc::strong_count(&arrival), 2);
        spare = super::SpareContext(data);
        spare.let_go();
        assert_eq!(Arc::strong_count(&arrival), 1);
    }

    #[test]
    fn a_connection_that_no_server_watches_is_not_kept() {
        let app = App::new("test").build().expect("an app");
        let arrival = Arrival::new(app, Connection::default());
        let _spare = spare(&arrival);
        assert_eq!(Arc::strong_count(&arrival), 1);
    }
}
