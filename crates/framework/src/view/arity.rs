//! Makes views of functions with 0 to 12 arguments.

use std::any::type_name;
use std::future::Future;

use crate::error::Result;
use crate::hook::{Asynchronous, Synchronous};
use crate::maybe_ready::MaybeReady;
use crate::response::{IntoResponse, Response};
use crate::view::{Argument, IntoView, ViewFunction};

/// The name of a function item; none for a closure.
fn function_name<F>() -> Option<&'static str> {
    let path = type_name::<F>();
    let path = path.split_once('<').map_or(path, |(path, _)| path);
    path.rsplit("::")
        .next()
        .filter(|name| !name.starts_with('{'))
}

fn answer_now(answer: impl FnOnce() -> Result<Response>) -> MaybeReady<Result<Response>> {
    MaybeReady::Ready(answer())
}

fn answer_later<R: IntoResponse>(
    future: impl Future<Output = R> + Send + 'static,
) -> MaybeReady<Result<Response>> {
    MaybeReady::waiting(async move { future.await.into_response() })
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
                ViewFunction::new(function_name::<F>(), Some(takes.into()), move |arguments| {
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
                ViewFunction::new(function_name::<F>(), Some(takes.into()), move |arguments| {
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
