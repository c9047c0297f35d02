//! Functions as commands: of any parameters, synchronous or not, fallible or not.

use std::future::Future;
use std::sync::Arc;

use crate::cli::exit::Exit;
use crate::cli::value::{CommandParameter, Occurs};
use crate::error::{Error, Result};
use crate::hook::{Asynchronous, Synchronous};
use crate::maybe_ready::MaybeReady;

/// What a command function may return: nothing, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "a command cannot return `{Self}`",
    note = "return `()` or `Result<(), E>`; write with `carafe::cli::echo`"
)]
pub trait CommandAnswer {
    /// Whether the command failed.
    ///
    /// # Errors
    /// When the command failed.
    fn command_answer(self) -> Result<()>;
}

impl CommandAnswer for () {
    fn command_answer(self) -> Result<()> {
        Ok(())
    }
}

impl<E: Into<Error>> CommandAnswer for Result<(), E> {
    fn command_answer(self) -> Result<()> {
        self.map_err(Into::into)
    }
}

/// What the command line gave for each parameter of a command, in order.
pub(crate) type Given = Vec<GivenWords>;

/// What the command line gave for one parameter.
pub(crate) struct GivenWords {
    /// How the parameter is written on the command line.
    pub(crate) shown: String,
    pub(crate) words: Vec<String>,
}

type Call = dyn Fn(&Given) -> MaybeReady<Result<()>> + Send + Sync;

/// A command function without its type.
#[derive(Clone)]
pub(crate) struct Action {
    pub(crate) takes: Arc<[Occurs]>,
    pub(crate) call: Arc<Call>,
}

/// A function that can be a command: of up to eight [parameters](CommandParameter), sync or async.
///
/// *Flask:* the function below `@app.cli.command()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a command",
    note = "its parameters are `String`, `PathBuf`, numbers, `char`, addresses, `bool` for a flag, `Option<T>`, \
            `Vec<T>`, or your own types that implement `CommandValue`, and eight at most",
    note = "it returns `()`, `Result<(), E>` or a future of one"
)]
pub trait CommandFunction<Marker>: Send + Sync + 'static {
    #[doc(hidden)]
    #[allow(
        private_interfaces,
        reason = "the erased form is nobody's business but the app's"
    )]
    fn erased(self) -> Action;
}

/// Reads the parameter at a place, in the context of the command.
fn parameter<P: CommandParameter>(given: &Given, place: usize) -> Result<P> {
    let given = given.get(place);
    P::take(given.map_or(&[], |given| &given.words)).map_err(|(word, error)| {
        let shown = given.map_or("", |given| &given.shown);
        let message = format!("invalid value '{word}' for '{shown}': {error}");
        Exit::new(2).message(message).into()
    })
}

macro_rules! arity {
    ($($name:ident $value:ident $place:literal),*) => {
        impl<F, R, $($name),*> CommandFunction<(Synchronous, $($name,)*)> for F
        where
            F: Fn($($name),*) -> R + Send + Sync + 'static,
            R: CommandAnswer,
            $($name: CommandParameter,)*
        {
            #[allow(private_interfaces, reason = "the erased form is nobody's business but the app's")]
            #[allow(unused_variables, reason = "a command of no parameters reads none")]
            fn erased(self) -> Action {
                let call = move |given: &Given| {
                    $(let $value = parameter::<$name>(given, $place)?;)*
                    self($($value),*).command_answer()
                };
                Action {
                    takes: [$($name::OCCURS),*].into(),
                    call: Arc::new(move |given| MaybeReady::Ready(call(given))),
                }
            }
        }

        impl<F, Fut, $($name),*> CommandFunction<(Asynchronous, $($name,)*)> for F
        where
            F: Fn($($name),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output: CommandAnswer> + Send + 'static,
            $($name: CommandParameter,)*
        {
            #[allow(private_interfaces, reason = "the erased form is nobody's business but the app's")]
            #[allow(unused_variables, reason = "a command of no parameters reads none")]
            fn erased(self) -> Action {
                let start = move |given: &Given| {
                    $(let $value = parameter::<$name>(given, $place)?;)*
                    Ok(self($($value),*))
                };
                Action {
                    takes: [$($name::OCCURS),*].into(),
                    call: Arc::new(move |given| match start(given) {
                        Ok(future) => MaybeReady::waiting(async move { future.await.command_answer() }),
                        Err(error) => MaybeReady::Ready(Err(error)),
                    }),
                }
            }
        }
    };
}

arity!();
arity!(A a 0);
arity!(A a 0, B b 1);
arity!(A a 0, B b 1, C c 2);
arity!(A a 0, B b 1, C c 2, D d 3);
arity!(A a 0, B b 1, C c 2, D d 3, E e 4);
arity!(A a 0, B b 1, C c 2, D d 3, E e 4, G g 5);
arity!(A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6);
arity!(A a 0, B b 1, C c 2, D d 3, E e 4, G g 5, H h 6, I i 7);
