//! The status codes that there are errors for, with what they say. Flask: the classes of `werkzeug.exceptions`.

use crate::error::HttpError;

/// Declares the errors: code, constructor, Werkzeug's class, and Werkzeug's description.
macro_rules! errors {
    ($($code:literal $constructor:ident $class:ident $description:literal;)*) => {
        impl HttpError {
            $(
                #[doc = concat!("Makes a ", $code, " error.")]
                #[doc = ""]
                #[doc = concat!("*Werkzeug:* `", stringify!($class), "`.")]
                pub fn $constructor() -> Self {
                    Self::bare($code)
                }
            )*
        }

        /// Returns the description of a code that Werkzeug has a class for.
        pub(super) fn default_description(code: u16) -> Option<&'static str> {
            Some(match code {
                $($code => $description,)*
                _ => return None,
            })
        }
    };
}

errors! {
    400 bad_request BadRequest
        "The browser (or proxy) sent a request that this server could not understand.";
    401 unauthorized Unauthorized
        "The server could not verify that you are authorized to access the URL requested. You \
         either supplied the wrong credentials (e.g. a bad password), or your browser doesn't \
         understand how to supply the credentials required.";
    403 forbidden Forbidden
        "You don't have the permission to access the requested resource. It is either \
         read-protected or not readable by the server.";
    404 not_found NotFound
        "The requested URL was not found on the server. If you entered the URL manually \
         please check your spelling and try again.";
    405 method_not_allowed MethodNotAllowed
        "The method is not allowed for the requested URL.";
    406 not_acceptable NotAcceptable
        "The resource identified by the request is only capable of generating response \
         entities which have content characteristics not acceptable according to the accept \
         headers sent in the request.";
    408 request_timeout RequestTimeout
        "The server closed the network connection because the browser didn't finish the \
         request within the specified time.";
    409 conflict Conflict
        "A conflict happened while processing the request. The resource might have been \
         modified while the request was being processed.";
    410 gone Gone
        "The requested URL is no longer available on this server and there is no forwarding \
         address. If you followed a link from a foreign page, please contact the author of \
         this page.";
    411 length_required LengthRequired
        "A request with this method requires a valid <code>Content-Length</code> header.";
    412 precondition_failed PreconditionFailed
        "The precondition on the request for the URL failed positive evaluation.";
    413 request_entity_too_large RequestEntityTooLarge
        "The data value transmitted exceeds the capacity limit.";
    414 request_uri_too_large RequestURITooLarge
        "The length of the requested URL exceeds the capacity limit for this server. The \
         request cannot be processed.";
    415 unsupported_media_type UnsupportedMediaType
        "The server does not support the media type transmitted in the request.";
    416 requested_range_not_satisfiable RequestedRangeNotSatisfiable
        "The server cannot provide the requested range.";
    417 expectation_failed ExpectationFailed
        "The server could not meet the requirements of the Expect header";
    418 im_a_teapot ImATeapot
        "This server is a teapot, not a coffee machine";
    421 misdirected_request MisdirectedRequest
        "The server is not able to produce a response.";
    422 unprocessable_entity UnprocessableEntity
        "The request was well-formed but was unable to be followed due to semantic errors.";
    423 locked Locked
        "The resource that is being accessed is locked.";
    424 failed_dependency FailedDependency
        "The method could not be performed on the resource because the requested action \
         depended on another action and that action failed.";
    428 precondition_required PreconditionRequired
        "This request is required to be conditional; try using \"If-Match\" or \
         \"If-Unmodified-Since\".";
    429 too_many_requests TooManyRequests
        "This user has exceeded an allotted request count. Try again later.";
    431 request_header_fields_too_large RequestHeaderFieldsTooLarge
        "One or more header fields exceeds the maximum size.";
    451 unavailable_for_legal_reasons UnavailableForLegalReasons
        "Unavailable for legal reasons.";
    500 internal_server_error InternalServerError
        "The server encountered an internal error and was unable to complete your request. \
         Either the server is overloaded or there is an error in the application.";
    501 not_implemented NotImplemented
        "The server does not support the action requested by the browser.";
    502 bad_gateway BadGateway
        "The proxy server received an invalid response from an upstream server.";
    503 service_unavailable ServiceUnavailable
        "The server is temporarily unable to service your request due to maintenance downtime \
         or capacity problems. Please try again later.";
    504 gateway_timeout GatewayTimeout
        "The connection to an upstream server timed out.";
    505 http_version_not_supported HTTPVersionNotSupported
        "The server does not support the HTTP protocol version used in the request.";
}
