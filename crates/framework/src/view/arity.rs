//! Makes views of functions with 0 to 12 arguments.

use std::any::type_name;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::error::Result;
use crate::hook::{Asynchronous, Synchronous};
use crate::maybe_ready::MaybeReady;
use crate::response::{IntoResponse, Response};
use crate::view::{Argument, IntoView, View, ViewFunction};

/// The name of a function item; none for a closure or a function pointer.
pub(super) fn function_name<F>() -> Option<&'static str> {
    let path = type_name::<F>();
    let mut depth = 0;
    // What stands in angle brackets at the end are the function's own generic arguments.
    let end = path.char_indices().rev().find_map(|(at, character)| {
        match character {
            '>' => depth += 1,
            '<' => depth -= 1,
            _ if depth == 0 => return Some(at + character.len_utf8()),
            _ => {}
        }
        None
    });
    let name = path
        .get(..end?)?
        .trim_end_matches(':')
        .rsplit("::")
        .next()?;
    let is_name = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
    (size_of::<F>() == 0 && is_name(name)).then_some(name)
}

fn answer_now(answer: impl FnOnce() -> Result<Response>) -> MaybeReady<Result<Response>> {
    MaybeReady::Ready(answer())
}

fn answer_later(
    future: impl Future<Output: IntoResponse> + Send + 'static,
) -> MaybeReady<Result<Response>> {
    MaybeReady::waiting(Answering {
        future: Some(future),
    })
}

pin_project! {
    /// A view's future, whose output becomes a response. An async block would hold it twice: as what it was made
    /// with, and as what it waits for.
    struct Answering<F> {
        #[pin]
        future: Option<F>,
    }
}

impl<F: Future<Output: IntoResponse>> Future for Answering<F> {
    type Output = Result<Response>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Response>> {
        let mut future = self.project().future;
        let Some(waiting) = future.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let answer = ready!(waiting.poll(cx));
        // What the view held is let go before its answer is made a response, as after any `await`.
        future.set(None);
        Poll::Ready(answer.into_response())
    }
}

/// A function that makes the value of a view, of 0 to 12 arguments.
///
/// It takes what a view function takes: the next variables of the URL, and extractors.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not make a view",
    note = "it is a function or closure of 0 to 12 arguments that returns a `View` or a `MethodView`",
    note = "each argument is a URL variable (`String`, `i64`, `u32`, `f64`, `Uuid`, …) or an extractor (`Request`, `Json<T>`, …)"
)]
pub trait MakeView<V, Marker> {
    #[doc(hidden)]
    fn into_view_function(self) -> ViewFunction;
}

macro_rules! arity {
    ($($name:ident $value:ident),*) => {
        impl<F, R, $($name),*> IntoView<(Synchronous, $($name,)*)> for F
        where
            F: Fn($($name),*) -> R + Clone + Send + Sync + 'static,
            R: IntoResponse,
            $($name: Argument,)*
        {
            #[allow(unused_variables, reason = "a view of no arguments leaves them alone")]
            fn into_view(self) -> ViewFunction {
                let takes = [$($name::takes()),*];
                ViewFunction::of::<F>(takes.into(), move |arguments| {
                    $(let $value = $name::take(arguments);)*
                    match ($($value,)*) {
                        ($(MaybeReady::Ready($value),)*) => answer_now(|| {
                            $(let $value = $value?;)*
                            self($($value),*).into_response()
                        }),
                        #[allow(unreachable_patterns, reason = "a view of no arguments waits for none")]
                        ($($value,)*) => {
                            let view = self.clone();
                            MaybeReady::waiting(async move {
                                $(let $value = $value.finish().await?;)*
                                view($($value),*).into_response()
                            })
                        }
                    }
                })
            }
        }

        impl<F, Fut, $($name),*> IntoView<(Asynchronous, $($name,)*)> for F
        where
            F: Fn($($name),*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output: IntoResponse> + Send + 'static,
            $($name: Argument,)*
        {
            #[allow(unused_variables, reason = "a view of no arguments leaves them alone")]
            fn into_view(self) -> ViewFunction {
                let takes = [$($name::takes()),*];
                ViewFunction::of::<F>(takes.into(), move |arguments| {
                    $(let $value = $name::take(arguments);)*
                    match ($($value,)*) {
                        ($(MaybeReady::Ready($value),)*) => {
                            $(let $value = match $value {
                                Ok(value) => value,
                                Err(error) => return MaybeReady::Ready(Err(error)),
                            };)*
                            answer_later(self($($value),*))
                        }
                        #[allow(unreachable_patterns, reason = "a view of no arguments waits for none")]
                        ($($value,)*) => {
                            let view = self.clone();
                            MaybeReady::waiting(async move {
                                $(let $value = $value.finish().await?;)*
                                view($($value),*).await.into_response()
                            })
                        }
                    }
                })
            }
        }

        impl<F, V, $($name),*> MakeView<V, ($($name,)*)> for F
        where
            F: Fn($($name),*) -> V + Clone + Send + Sync + 'static,
            V: View,
            $($name: Argument,)*
        {
            fn into_view_function(self) -> ViewFunction {
                IntoView::<(Asynchronous, $($name,)*)>::into_view(move |$($value: $name),*| {
                    let mut view = self($($value),*);
                    async move { view.dispatch_request().await }
                })
            }
        }
    };
}

arity!();
arity!(A a);
arity!(A a, B b);
arity!(A a, B b, C c);
arity!(A a, B b, C c, D d);
arity!(A a, B b, C c, D d, E e);
arity!(A a, B b, C c, D d, E e, G g);
arity!(A a, B b, C c, D d, E e, G g, H h);
arity!(A a, B b, C c, D d, E e, G g, H h, I i);
arity!(A a, B b, C c, D d, E e, G g, H h, I i, J j);
arity!(A a, B b, C c, D d, E e, G g, H h, I i, J j, K k);
arity!(A a, B b, C c, D d, E e, G g, H h, I i, J j, K k, L l);
arity!(A a, B b, C c, D d, E e, G g, H h, I i, J j, K k, L l, M m);

#[cfg(test)]
mod tests {
    use std::future;
    use std::sync::{Arc, Weak};
    use std::task::Poll;

    use futures_util::FutureExt;

    use super::{answer_later, function_name};
    use crate::error::Result;
    use crate::maybe_ready::MaybeReady;
    use crate::response::{IntoResponse, Response};

    fn plain() {}
    fn generic<T>() -> Option<T> {
        None
    }
    struct Shop;
    impl Shop {
        fn index() {}
    }
    trait Pages {
        fn front() {}
    }
    impl Pages for Shop {}

    fn name_of<F>(_: F) -> Option<&'static str> {
        function_name::<F>()
    }

    #[test]
    fn functions_have_the_name_they_were_written_with() {
        assert_eq!(name_of(plain), Some("plain"));
        assert_eq!(name_of(generic::<Vec<u8>>), Some("generic"));
        assert_eq!(name_of(Shop::index), Some("index"));
        assert_eq!(name_of(<Shop as Pages>::front), Some("front"));
    }

    #[test]
    fn closures_and_function_pointers_have_no_name() {
        let captured = String::new();
        assert_eq!(name_of(|| ()), None);
        assert_eq!(name_of(move || captured.len()), None);
        assert_eq!(name_of(plain as fn()), None);
    }

    #[test]
    fn a_view_that_waits_is_held_once() {
        let held = [0_u8; 1000];
        let view = async move {
            future::ready(()).await;
            held.len().to_string()
        };
        let most = size_of_val(&view) + size_of::<usize>();
        let MaybeReady::Waiting(waiting) = answer_later(view) else {
            panic!("nobody has polled it");
        };
        assert!(size_of_val(&*waiting) <= most);
    }

    /// The value of a view; tells whether what the view held was gone when it became a response.
    struct Held(Weak<()>);

    impl IntoResponse for Held {
        fn into_response(self) -> Result<Response> {
            (self.0.strong_count() == 0).to_string().into_response()
        }
    }

    #[test]
    fn what_a_view_held_is_gone_when_its_answer_becomes_a_response() -> Result<()> {
        let held = Arc::new(());
        let value = Arc::downgrade(&held);
        // Unlike an async block, it still has what it captured when it is done.
        let mut value = Some(value);
        let view = future::poll_fn(move |_| {
            let _held = &held;
            Poll::Ready(Held(value.take().unwrap_or_default()))
        });
        let MaybeReady::Waiting(waiting) = answer_later(view) else {
            panic!("nobody has polled it");
        };
        let response = waiting.now_or_never().transpose()?;
        let text = response.and_then(|response| response.body().bytes());
        assert_eq!(text.as_deref(), Some(&b"true"[..]));
        Ok(())
    }
}
