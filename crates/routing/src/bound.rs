//! What a map works out when it takes a rule: parts, variables, how to build.

use std::sync::Arc;

use crate::converter::{AnyConverter, ConverterArguments};
use crate::parse::{self, Token};
use crate::part::{Part, Piece};
use crate::{Map, Rule, RuleError, RuleErrorKind, RuleId, ValueType, nearest, quote};

#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) id: RuleId,
    /// The domain's parts, then the path's.
    pub(crate) parts: Vec<Part>,
    /// The domain's variables, then the path's.
    pub(crate) variables: Vec<Variable>,
    /// How many of the variables are the domain's.
    pub(crate) domain_variables: usize,
    pub(crate) arguments: Vec<(Arc<str>, ValueType)>,
    /// The place among the defaults, for each argument that has one.
    pub(crate) default_of: Vec<Option<usize>>,
    /// Text and variable names in order, by which Werkzeug compares rules.
    pub(crate) trace: [Vec<Trace>; 2],
    /// What a built domain and path are put together of.
    pub(crate) pieces: [Vec<BuildPiece>; 2],
}

#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name: Arc<str>,
    pub(crate) converter: AnyConverter,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Trace {
    Text(String),
    Variable(Arc<str>),
}

#[derive(Debug)]
pub(crate) enum BuildPiece {
    Text(String),
    /// A place among the variables.
    Variable(usize),
}

impl Bound {
    pub(crate) fn new(rule: &Rule, map: &Map, id: RuleId) -> Result<Self, RuleError> {
        check_options(rule)?;
        let mut bound = Self {
            id,
            parts: Vec::new(),
            variables: Vec::new(),
            domain_variables: 0,
            arguments: Vec::new(),
            default_of: Vec::new(),
            trace: [Vec::new(), Vec::new()],
            pieces: [Vec::new(), Vec::new()],
        };
        let domain = match map.options.matches_subdomains() {
            true => rule.subdomain.as_deref(),
            false => rule.host.as_deref(),
        };
        bound.read(domain.unwrap_or_default(), false, rule, map, 0)?;
        bound.domain_variables = bound.variables.len();
        bound.read(&rule.text, rule.merge_slashes == Some(true), rule, map, 1)?;
        bound.list_arguments(rule);
        bound.check_redirect(rule)?;
        Ok(bound)
    }

    /// Reads the domain (side 0) or the path (side 1).
    fn read(
        &mut self,
        text: &str,
        merge_slashes: bool,
        rule: &Rule,
        map: &Map,
        side: usize,
    ) -> Result<(), RuleError> {
        let mut pieces = Vec::new();
        for token in parse::tokens(text, merge_slashes)? {
            match token {
                Token::Slash => {
                    self.static_text("/", side);
                    pieces.push(Piece::Slash);
                }
                Token::Text(text) => {
                    self.static_text(&text, side);
                    pieces.push(Piece::Text(text));
                }
                Token::Variable(variable) => {
                    let place = |kind, column, message: String| {
                        RuleError::new(kind, text, Some(column), message)
                    };
                    if self
                        .variables
                        .iter()
                        .any(|known| *known.name == variable.name)
                    {
                        return Err(place(
                            RuleErrorKind::DuplicateVariable,
                            variable.name_column,
                            format!("the variable {:?} stands twice", variable.name),
                        ));
                    }
                    let name: Arc<str> = variable.name.into();
                    let converter = converter(map, &variable.converter, &variable.arguments)
                        .map_err(|(kind, message)| place(kind, variable.column, message))?;
                    pieces.push(Piece::Variable(converter.clone()));
                    self.variable(&name, &converter, rule, side)
                        .map_err(|message| {
                            place(RuleErrorKind::Default, variable.name_column, message)
                        })?;
                    self.variables.push(Variable { name, converter });
                }
            }
        }
        Part::split(pieces, text, &mut self.parts)
    }

    fn static_text(&mut self, text: &str, side: usize) {
        let [domain, path] = &mut self.trace;
        let trace = if side == 0 { domain } else { path };
        trace.push(Trace::Text(text.to_owned()));
        self.built_text(&quote::path(text), side);
    }

    fn built_text(&mut self, text: &str, side: usize) {
        let [domain, path] = &mut self.pieces;
        let pieces = if side == 0 { domain } else { path };
        match pieces.last_mut() {
            Some(BuildPiece::Text(before)) => before.push_str(text),
            _ => pieces.push(BuildPiece::Text(text.to_owned())),
        }
    }

    fn variable(
        &mut self,
        name: &Arc<str>,
        converter: &AnyConverter,
        rule: &Rule,
        side: usize,
    ) -> Result<(), String> {
        if let Some((_, value)) = rule.defaults.iter().find(|(known, _)| known == name) {
            let refused = |error| format!("the default of {name:?} is refused: {error}");
            let text = converter.to_url(value).map_err(refused)?;
            self.built_text(&text, side);
        } else {
            let [domain, path] = &mut self.pieces;
            let pieces = if side == 0 { domain } else { path };
            pieces.push(BuildPiece::Variable(self.variables.len()));
        }
        let [domain, path] = &mut self.trace;
        let trace = if side == 0 { domain } else { path };
        trace.push(Trace::Variable(Arc::clone(name)));
        Ok(())
    }

    fn list_arguments(&mut self, rule: &Rule) {
        let default_of = |name: &str| rule.defaults.iter().position(|(known, _)| **known == *name);
        for variable in &self.variables {
            let default = default_of(&variable.name);
            let value_type = match default.and_then(|at| rule.defaults.get(at)) {
                Some((_, value)) => value.value_type(),
                None => variable.converter.value_type(),
            };
            self.arguments
                .push((Arc::clone(&variable.name), value_type));
            self.default_of.push(default);
        }
        for (at, (name, value)) in rule.defaults.iter().enumerate() {
            if !self.variables.iter().any(|variable| variable.name == *name) {
                self.arguments.push((Arc::clone(name), value.value_type()));
                self.default_of.push(Some(at));
            }
        }
    }

    fn check_redirect(&self, rule: &Rule) -> Result<(), RuleError> {
        let Some(crate::rule::RedirectTo::Template(template)) = &rule.redirect_to else {
            return Ok(());
        };
        for (name, column) in parse::placeholders(template) {
            if !self
                .variables
                .iter()
                .any(|variable| *variable.name == *name)
            {
                let message = format!("the rule has no variable {name:?} to redirect by");
                let kind = RuleErrorKind::RedirectTemplate;
                return Err(RuleError::new(kind, template, Some(column), message));
            }
        }
        Ok(())
    }
}

fn check_options(rule: &Rule) -> Result<(), RuleError> {
    if !rule.text.starts_with('/') {
        let message = "expected a slash at the start";
        return Err(RuleError::new(
            RuleErrorKind::MissingSlash,
            &rule.text,
            Some(1),
            message,
        ));
    }
    let allowed = ["GET", "HEAD", "OPTIONS"];
    if let (true, Some(methods)) = (rule.websocket, &rule.methods)
        && let Some(method) = methods.iter().find(|method| !allowed.contains(method))
    {
        let message = format!("a WebSocket rule takes GET, HEAD and OPTIONS only, not {method}");
        return Err(RuleError::new(
            RuleErrorKind::Methods,
            &rule.text,
            None,
            message,
        ));
    }
    Ok(())
}

fn converter(
    map: &Map,
    name: &str,
    arguments: &ConverterArguments,
) -> Result<AnyConverter, (RuleErrorKind, String)> {
    let Some(factory) = map.converter(name) else {
        let mut message = format!("unknown converter {name:?}");
        if let Some(near) = nearest::of(name, map.converter_names()) {
            message.push_str(&format!(", did you mean {near:?}?"));
        }
        return Err((RuleErrorKind::UnknownConverter, message));
    };
    factory(arguments).map_err(|error| {
        let message = format!("the converter {name:?} {error}");
        (RuleErrorKind::ConverterArguments, message)
    })
}
