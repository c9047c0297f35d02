//! Statuses with words of their own. Flask: `Response.status`.

use http::StatusCode;
use hyper::ext::ReasonPhrase;

use crate::error::{Error, Result};
use crate::headers::latin1;
use crate::headers::status::{parse_status, status_line};
use crate::response::Response;

impl Response {
    /// The status as a line: the code and its phrase.
    ///
    /// *Flask:* `Response.status`.
    pub fn status_line(&self) -> String {
        match self.reason() {
            Some(reason) => format!("{} {reason}", self.status().as_str()),
            None => status_line(i64::from(self.status().as_u16())),
        }
    }

    /// Sets the status as a line; without a phrase, the code gets its usual one.
    ///
    /// HTTP/1 sends the phrase, and HTTP/2 has no place for it. Setting the [code](Self::set_status) later
    /// takes it away.
    ///
    /// *Flask:* `Response.status = "…"`.
    ///
    /// ```
    /// use carafe::Response;
    ///
    /// let mut response = Response::new("short and stout");
    /// response.set_status_line("418 TEAPOT")?;
    /// assert_eq!((response.status().as_u16(), response.status_line().as_str()), (418, "418 TEAPOT"));
    /// response.set_status_line("404")?;
    /// assert_eq!(response.status_line(), "404 Not Found");
    /// # Ok::<(), carafe::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the line does not begin with a status code (100 to 999), or the phrase cannot be sent.
    pub fn set_status_line(&mut self, line: &str) -> Result<()> {
        let (line, code) =
            parse_status(line).ok_or_else(|| Error::msg("an empty line is not a status"))?;
        let code = u16::try_from(code).unwrap_or(0);
        let status = StatusCode::from_u16(code)?;
        let usual = status_line(i64::from(code));
        let reason = line.split_once(' ').map_or("", |(_, reason)| reason);
        self.set_status_code(status);
        if line != usual {
            phrase(reason)?;
            self.rare_mut().reason = Some(reason.into());
        }
        Ok(())
    }

    /// The words that are not the usual ones.
    fn reason(&self) -> Option<&str> {
        self.inner().rare.as_ref()?.reason.as_deref()
    }
}

/// What is to be sent in place of the phrase that the server knows; `own` are words that are not the usual ones.
pub(super) fn reason_to_send(status: StatusCode, own: Option<&str>) -> Option<ReasonPhrase> {
    match own {
        Some(reason) => phrase(reason).ok(),
        None if status.canonical_reason().is_none() => phrase("Unknown").ok(),
        None => None,
    }
}

fn phrase(text: &str) -> Result<ReasonPhrase> {
    let bytes = latin1::encode(text)
        .ok_or_else(|| Error::msg("a status has a character that no header may hold"))?;
    Ok(ReasonPhrase::try_from(bytes)?)
}
