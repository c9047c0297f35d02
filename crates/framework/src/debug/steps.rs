//! The functions of the app that ran for a request, in order, with how they ended.

use std::sync::Arc;

use crate::app::{RuleEntry, ScopeHooks};
use crate::context::{AppContext, peek_current};
use crate::error::Result;
use crate::hook::{CLOSURE, Teardown, readable};
use crate::maybe_ready::MaybeReady;

/// One function that ran.
#[derive(Debug)]
pub(crate) struct Step {
    pub(super) kind: &'static str,
    /// The name of the blueprint; empty for the app.
    pub(super) of: String,
    pub(super) function: String,
    pub(super) end: End,
}

/// How a function ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Not by returning: it panicked, or the request ended while it waited.
    Open,
    Returned,
    Failed,
}

/// What a function is called in the list.
#[derive(Clone)]
struct Label {
    kind: &'static str,
    of: String,
    function: String,
}

impl Label {
    fn new(kind: &'static str, of: &str, path: &str) -> Self {
        Self {
            kind,
            of: of.to_owned(),
            function: readable(path),
        }
    }

    /// Notes that the function runs.
    fn begin(&self) -> Note {
        let ctx = peek_current(|ctx| ctx.cloned()).flatten();
        let place = ctx.as_ref().map(|ctx| {
            let mut steps = ctx.steps();
            steps.push(Step {
                kind: self.kind,
                of: self.of.clone(),
                function: self.function.clone(),
                end: End::Open,
            });
            steps.len() - 1
        });
        Note(ctx.zip(place))
    }

    /// Notes that the function runs, and how it ends, now or later.
    fn around<T: 'static>(
        &self,
        run: impl FnOnce() -> MaybeReady<Result<T>>,
    ) -> MaybeReady<Result<T>> {
        let note = self.begin();
        run().map(move |answer| note.end(answer))
    }
}

/// The place of a function that runs among the steps of its context.
struct Note(Option<(AppContext, usize)>);

impl Note {
    fn end<T>(self, answer: Result<T>) -> Result<T> {
        let end = match answer {
            Ok(_) => End::Returned,
            Err(_) => End::Failed,
        };
        if let Some((ctx, place)) = self.0
            && let Some(step) = ctx.steps().get_mut(place)
        {
            step.end = end;
        }
        answer
    }
}

/// Puts a note around each function that runs for requests.
pub(super) fn watch(
    scopes: &mut [ScopeHooks],
    rules: &mut [RuleEntry],
    teardown_appcontext: &mut [Teardown],
) {
    for ScopeHooks { name, hooks } in scopes {
        for hook in &mut hooks.url_value_preprocessors {
            let label = Label::new("url_value_preprocessor", name, hook.name());
            let inner = hook.clone();
            *hook = hook.with(Arc::new(move |endpoint, values| {
                let note = label.begin();
                note.end(inner(endpoint, values))
            }));
        }
        for hook in &mut hooks.before_request {
            let label = Label::new("before_request", name, hook.name());
            let inner = hook.clone();
            *hook = hook.with(Arc::new(move || label.around(&*inner)));
        }
        for hook in &mut hooks.after_request {
            let label = Label::new("after_request", name, hook.name());
            let inner = hook.clone();
            *hook = hook.with(Arc::new(move |response| label.around(|| inner(response))));
        }
        for hook in &mut hooks.teardown_request {
            watch_teardown("teardown_request", name, hook);
        }
    }
    for hook in teardown_appcontext {
        watch_teardown("teardown_appcontext", "", hook);
    }
    for view in rules.iter_mut().filter_map(|rule| rule.view.as_mut()) {
        let label = Label::new("view", "", view.name.unwrap_or(CLOSURE));
        *view = view
            .clone()
            .wrap(move |view, arguments| label.around(|| view.call(arguments)));
    }
}

fn watch_teardown(kind: &'static str, of: &str, hook: &mut Teardown) {
    let label = Label::new(kind, of, hook.name());
    let inner = hook.clone();
    *hook = hook.with(Arc::new(move |ended| label.around(|| inner(ended))));
}
