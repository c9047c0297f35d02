//! Templates whose page is sent in pieces. Flask: `flask.stream_template`.

use std::io::{self, Write};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use minijinja::Template;
use serde::Serialize;

use crate::context::{AppContext, current_context, stream_with_context};
use crate::error::{Error, Result};
use crate::response::{Body, Response};
use crate::templating::context::TemplateContext;
use crate::templating::names::TemplateNames;
use crate::templating::signals::RenderedTemplate;
use crate::templating::{error, loader, send, update_template_context};

/// The least size of a piece, except for the last.
const PIECE: usize = 16 * 1024;

/// Renders a template as a stream, when the body is asked for: after the view and its hooks, with the context
/// kept until then.
///
/// *Flask:* `flask.stream_template`.
///
/// # Errors
/// When there is no such template, and errors of context processors and of receivers of
/// `before_render_template`. What fails later breaks the response off.
pub fn stream_template(names: impl TemplateNames, context: impl Serialize) -> Result<Response> {
    let ctx = current_context("stream_template")?;
    let template = ctx.app().templates().select(&names)?;
    let context = TemplateContext::from_serialize(&context)?;
    let name = template.name().to_owned();
    stream_it(&ctx, &template, context, Origin::Name(name))
}

/// Renders a template that is given as a string, as a stream.
///
/// *Flask:* `flask.stream_template_string`.
///
/// # Errors
/// As [`stream_template`].
pub fn stream_template_string(
    source: impl AsRef<str>,
    context: impl Serialize,
) -> Result<Response> {
    let ctx = current_context("stream_template_string")?;
    let source = loader::with_plain_newlines(source.as_ref().to_owned());
    let template = ctx.app().templates().compile(&source)?;
    let context = TemplateContext::from_serialize(&context)?;
    stream_it(&ctx, &template, context, Origin::Source(source.clone()))
}

/// What the template is made of again, when the body is asked for.
enum Origin {
    Name(String),
    Source(String),
}

/// *Flask:* `flask.templating._stream`.
fn stream_it(
    ctx: &AppContext,
    template: &Template<'_, '_>,
    context: TemplateContext,
    origin: Origin,
) -> Result<Response> {
    let context = update_template_context(ctx, context)?;
    let told = RenderedTemplate::new(template, &context);
    send(&ctx.app().signals().before_render_template, &told)?;
    let rendering = ctx.clone();
    let pieces =
        stream::once(async move { stream::iter(pieces(&rendering, &told, &origin)) }).flatten();
    Ok(Response::new(match ctx.has_request() {
        true => Body::stream(stream_with_context(pieces)?),
        false => Body::stream(pieces),
    }))
}

/// Renders the template into pieces; the last is the error if it fails half-way.
fn pieces(ctx: &AppContext, told: &RenderedTemplate, origin: &Origin) -> Vec<Result<Bytes>> {
    let mut writer = Pieces::default();
    let rendered = match origin {
        Origin::Name(name) => ctx
            .app()
            .templates()
            .select(&name)
            .and_then(|template| fill(&template, told, &mut writer)),
        Origin::Source(source) => ctx
            .app()
            .templates()
            .compile(source)
            .and_then(|template| fill(&template, told, &mut writer)),
    };
    let mut pieces: Vec<_> = writer.finish().into_iter().map(Ok).collect();
    pieces.extend(
        rendered
            .and_then(|()| send(&ctx.app().signals().template_rendered, told))
            .err()
            .map(Err::<Bytes, Error>),
    );
    pieces
}

fn fill(template: &Template<'_, '_>, told: &RenderedTemplate, writer: &mut Pieces) -> Result<()> {
    template
        .render_captured_to(told.context.root(), writer)
        .map(|_| ())
        .map_err(error::from_engine)
}

/// Collects what is written in pieces of a size worth sending.
#[derive(Default)]
struct Pieces {
    done: Vec<Bytes>,
    current: Vec<u8>,
}

impl Pieces {
    fn finish(mut self) -> Vec<Bytes> {
        if !self.current.is_empty() {
            self.done.push(self.current.into());
        }
        self.done
    }
}

impl Write for &mut Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.current.extend_from_slice(bytes);
        if self.current.len() >= PIECE {
            let piece = std::mem::take(&mut self.current);
            self.done.push(piece.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
