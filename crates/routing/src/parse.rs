//! Reads the text of a rule into slashes, static text and variables, with the
//! column of each mistake.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_automata::Input;
use regex_automata::meta::Regex;

use crate::{Argument, ConverterArguments, RuleError, RuleErrorKind, number};

#[derive(Debug)]
pub(crate) enum Token {
    Slash,
    Text(String),
    Variable(VariableToken),
}

#[derive(Debug)]
pub(crate) struct VariableToken {
    pub(crate) converter: String,
    pub(crate) arguments: ConverterArguments,
    pub(crate) name: String,
    /// Where what is between the angle brackets begins.
    pub(crate) column: usize,
    pub(crate) name_column: usize,
}

/// Reads a rule, subdomain or host.
pub(crate) fn tokens(text: &str, merge_slashes: bool) -> Result<Vec<Token>, RuleError> {
    let merged = match merge_slashes {
        true => merge(text),
        false => Cow::Borrowed(text),
    };
    let mut reader = Reader {
        original: text,
        text: &merged,
        at: 0,
    };
    let mut tokens = Vec::new();
    while let Some(first) = reader.peek() {
        tokens.push(match first {
            '/' => {
                reader.at += 1;
                Token::Slash
            }
            '<' => Token::Variable(reader.variable()?),
            _ => Token::Text(reader.take_while(|c| c != '<' && c != '/').to_owned()),
        });
    }
    Ok(tokens)
}

/// Makes one slash of several in a row.
pub(crate) fn merge(text: &str) -> Cow<'_, str> {
    if !text.contains("//") {
        return Cow::Borrowed(text);
    }
    let mut merged = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '/' || !merged.ends_with('/') {
            merged.push(c);
        }
    }
    Cow::Owned(merged)
}

/// Goes through the `<name>` of a redirect template, each with its column.
pub(crate) fn placeholders(template: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (start, end) = placeholder(template, at)?;
        at = end;
        let name = template.get(start + 1..end - 1)?;
        Some((name, template.get(..start)?.chars().count() + 1))
    })
}

/// Finds the next `<name>` from a place on: where it begins and ends.
///
/// A name is anything but `>`, and not empty.
pub(crate) fn placeholder(template: &str, from: usize) -> Option<(usize, usize)> {
    let rest = template.get(from..)?;
    for (start, _) in rest.match_indices('<') {
        match rest.get(start + 1..)?.find('>')? {
            0 => {}
            length => return Some((from + start, from + start + length + 2)),
        }
    }
    None
}

struct Reader<'a> {
    original: &'a str,
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take_while(&mut self, accepts: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !accepts(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn take_name(&mut self) -> &'a str {
        match self.peek() {
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                self.take_while(|c| c.is_ascii_alphanumeric() || c == '_')
            }
            _ => "",
        }
    }

    /// Reads `<name>`, `<converter:name>` or `<converter(arguments):name>`.
    fn variable(&mut self) -> Result<VariableToken, RuleError> {
        self.at += 1;
        let column = self.at;
        let first = self.take_name();
        if first.is_empty() {
            return Err(self.expected("the name of a variable or converter"));
        }
        let mut arguments = ConverterArguments::default();
        let (converter, name, name_column) = match self.peek() {
            Some('>') => ("default", first, column),
            Some(':') => {
                self.at += 1;
                let name_column = self.at;
                let name = self.take_name();
                if name.is_empty() {
                    return Err(self.expected("the name of a variable"));
                }
                (first, name, name_column)
            }
            Some('(') => {
                let (start, end) = self.arguments()?;
                arguments = self.read_arguments(start, end)?;
                self.at = end + 2;
                let name_column = self.at;
                (first, self.take_name(), name_column)
            }
            _ => return Err(self.expected("`>`, `:` or `(`")),
        };
        if self.peek() != Some('>') {
            return Err(self.expected("`>`"));
        }
        self.at += 1;
        Ok(VariableToken {
            converter: converter.to_owned(),
            arguments,
            name: name.to_owned(),
            column: self.column(column),
            name_column: self.column(name_column),
        })
    }

    /// Finds the closing parenthesis: the first one before `:name>`.
    fn arguments(&mut self) -> Result<(usize, usize), RuleError> {
        let start = self.at + 1;
        let line = self.text.get(start..).unwrap_or_default();
        let line = line.split('\n').next().unwrap_or_default();
        let mut closing = None;
        for (at, _) in line.match_indices(')') {
            closing = Some(start + at);
            let mut ahead = Reader {
                at: start + at + 1,
                ..*self
            };
            if ahead.peek() == Some(':') {
                ahead.at += 1;
                if !ahead.take_name().is_empty() && ahead.peek() == Some('>') {
                    return Ok((start, start + at));
                }
            }
        }
        match closing {
            // The mistake is most likely behind the last parenthesis.
            Some(at) => {
                self.at = at + 1;
                if self.peek() != Some(':') {
                    return Err(self.expected("`:` and the name of a variable"));
                }
                self.at += 1;
                match self.take_name() {
                    "" => Err(self.expected("the name of a variable")),
                    _ => Err(self.expected("`>`")),
                }
            }
            None => {
                self.at = start + line.len();
                Err(self.expected("`)` after the arguments"))
            }
        }
    }

    fn read_arguments(&self, start: usize, end: usize) -> Result<ConverterArguments, RuleError> {
        let mut arguments = ConverterArguments::default();
        let text = format!("{},", self.text.get(start..end).unwrap_or_default());
        let mut at = 0;
        let mut captures = ARGUMENT.create_captures();
        loop {
            ARGUMENT.search_captures(&Input::new(&text).range(at..), &mut captures);
            let group = |name| {
                let span = captures.get_group_by_name(name)?;
                text.get(span.start..span.end)
            };
            let Some(whole) = captures.get_match() else {
                // What is left after the last argument does not matter.
                return Ok(arguments);
            };
            if whole.start() != at {
                let column = self.column(start + at);
                let message = "expected an argument: a name, number or quoted text";
                let kind = RuleErrorKind::Malformed;
                return Err(RuleError::new(kind, self.original, Some(column), message));
            }
            let value = group("text").or(group("value")).unwrap_or_default();
            arguments.push(group("name").map(str::to_owned), argument(value));
            at = whole.end();
        }
    }

    fn expected(&self, what: &str) -> RuleError {
        let found = match self.peek() {
            Some(c) => format!("expected {what}, found {c:?}"),
            None => format!("expected {what}, found the end"),
        };
        let column = self.column(self.at);
        RuleError::new(RuleErrorKind::Malformed, self.original, Some(column), found)
    }

    /// The column, from 1, in the text as it was before slashes were merged.
    fn column(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or(self.text);
        let mut original = self.original.chars().peekable();
        let mut column = 1;
        for c in before.chars() {
            original.next();
            column += 1;
            while self.text.len() != self.original.len()
                && c == '/'
                && original.peek() == Some(&'/')
            {
                original.next();
                column += 1;
            }
        }
        column
    }
}

/// One argument and the comma behind it, as Werkzeug has it: `1,2` is one
/// argument, since any character may stand between two numbers.
static ARGUMENT: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?x)
        [\s\x1c-\x1f]*
        (?: (?P<name>\w+) [\s\x1c-\x1f]* = [\s\x1c-\x1f]* )?
        (?P<value>
            True | False | \d+.\d+ | \d+. | \d+ | [\w\d_.]+
            | [urUR]? (?P<text> "[^"]*" | '[^']*' )
        )
        [\s\x1c-\x1f]* ,
    "#;
    Regex::new(pattern).expect("the pattern is fixed and valid")
});

fn argument(text: &str) -> Argument {
    match text {
        "None" => return Argument::None,
        "True" => return Argument::Bool(true),
        "False" => return Argument::Bool(false),
        _ => {}
    }
    if let Some(number) = number::parse_int(text) {
        return match number.as_str().parse() {
            Ok(small) => Argument::Int(small),
            Err(_) => Argument::BigInt(number),
        };
    }
    if let Some(number) = number::parse_float(text) {
        return Argument::Float(number);
    }
    let unquoted = ['"', '\'']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    Argument::Str(unquoted.unwrap_or(text).to_owned())
}
