//! Contexts that are used again.

use std::sync::Arc;

use http_body::Body;
use triomphe::UniqueArc;

use crate::context::{AppContext, Arrival, ContextData};
use crate::request::RequestBody;

/// A context in which nothing is yet but the app and the connection.
pub(crate) struct EmptyContext(UniqueArc<ContextData>);

impl EmptyContext {
    /// That of a connection: a spare one if there is one, which may keep the connection of the last request.
    #[inline]
    pub(crate) fn of(spare: Option<Self>, arrival: &Arc<Arrival>) -> Self {
        let mut empty = spare.unwrap_or_else(Self::new);
        let is_known = |known: &Arc<Arrival>| Arc::ptr_eq(known, arrival);
        if !empty.0.arrival.as_ref().is_some_and(is_known) {
            empty.0.arrival = Some(arrival.clone());
        }
        empty
    }

    #[cold]
    fn new() -> Self {
        Self(UniqueArc::new(ContextData::default()))
    }

    /// The context of a request, whose body is read in some way.
    #[inline(always)] // so that a request is copied once: to where it stays
    pub(crate) fn filled<B: Body>(
        mut self,
        arrival: &Arrival,
        request: http::Request<B>,
        read: impl FnOnce(B) -> RequestBody,
    ) -> AppContext {
        self.0.request.begin(arrival, request, read);
        AppContext(self.0.shareable())
    }

    /// The context of an app without a request.
    pub(super) fn of_app(arrival: &Arc<Arrival>) -> AppContext {
        AppContext(Self::of(None, arrival).0.shareable())
    }

    /// The context of the request of another one.
    pub(super) fn of_copy(original: &AppContext) -> AppContext {
        let mut empty = Self::of(None, original.arrival());
        empty.0.original = Some(original.clone());
        AppContext(empty.0.shareable())
    }

    /// Lets go of the connection that the last request came by.
    pub(crate) fn let_go(&mut self) {
        self.0.arrival = None;
    }
}

impl AppContext {
    /// Gives the context up. If nobody else has it, it is emptied for another request; while the server is at its
    /// connection, requests that came together share one reference of that.
    #[inline]
    pub(crate) fn give_up(self) -> Option<EmptyContext> {
        let mut data = triomphe::Arc::try_unique(self.0).ok()?;
        data.clear();
        Some(EmptyContext(data))
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

    use super::EmptyContext;
    use crate::app::App;
    use crate::context::Arrival;
    use crate::request::{Connection, RequestBody};
    use crate::server::Activity;

    /// A context whose first request has ended.
    fn spare(arrival: &Arc<Arrival>) -> EmptyContext {
        let request = http::Request::new(RequestBody::default());
        let ctx = EmptyContext::of(None, arrival).filled(arrival, request, |body| body);
        ctx.give_up().expect("nobody else has it")
    }

    #[test]
    fn a_connection_is_kept_until_the_server_leaves_it() {
        let app = App::new("test").build().expect("an app");
        let activity = Arc::new(Activity::new(Arc::default()));
        let arrival = Arrival::watched(app, Connection::default(), activity);
        let spare = spare(&arrival);
        assert_eq!(Arc::strong_count(&arrival), 2);
        let mut again = EmptyContext::of(Some(spare), &arrival);
        assert_eq!(Arc::strong_count(&arrival), 2);
        again.let_go();
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
