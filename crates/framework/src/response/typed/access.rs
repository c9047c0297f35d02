//! Who may use an answer, and how. Werkzeug: `Response.allow`, `Response.www_authenticate`.

use http::HeaderValue;
use http::header::{ALLOW, WWW_AUTHENTICATE};

use crate::error::Result;
use crate::headers::edited::{self, Edited};
use crate::headers::header_set::HeaderSet;
use crate::headers::www_authenticate::WwwAuthenticate;
use crate::response::Response;

impl Response {
    /// The methods that the resource takes.
    ///
    /// *Werkzeug:* `Response.allow`.
    pub fn allow(&self) -> HeaderSet {
        edited::read(self.headers(), &ALLOW)
    }

    /// The methods that the resource takes, to change.
    ///
    /// *Werkzeug:* `Response.allow`.
    pub fn allow_mut(&mut self) -> Edited<'_, HeaderSet> {
        Edited::new(self.headers_mut(), ALLOW)
    }

    /// The first challenge that the client is to answer.
    ///
    /// *Werkzeug:* `Response.www_authenticate`.
    pub fn www_authenticate(&self) -> Option<WwwAuthenticate> {
        WwwAuthenticate::from_header(&self.text(&WWW_AUTHENTICATE)?)
    }

    /// Sets the challenges, of which the client is to answer one.
    ///
    /// The header goes when there are none.
    ///
    /// *Werkzeug:* `Response.www_authenticate`.
    ///
    /// ```
    /// use carafe::headers::www_authenticate::WwwAuthenticate;
    ///
    /// let mut response = carafe::Response::new("who are you?");
    /// response.set_www_authenticate([WwwAuthenticate::new("basic").with("realm", "main hall")])?;
    /// assert_eq!(response.headers()["www-authenticate"], "Basic realm=\"main hall\"");
    /// # Ok::<(), carafe::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a challenge cannot stand in a header; the headers are as before then.
    pub fn set_www_authenticate(
        &mut self,
        challenges: impl IntoIterator<Item = WwwAuthenticate>,
    ) -> Result<()> {
        let values = challenges
            .into_iter()
            .map(|challenge| HeaderValue::try_from(challenge.to_string()))
            .collect::<Result<Vec<_>, _>>()?;
        self.headers_mut().remove(WWW_AUTHENTICATE);
        for value in values {
            self.headers_mut().append(WWW_AUTHENTICATE, value);
        }
        Ok(())
    }
}
