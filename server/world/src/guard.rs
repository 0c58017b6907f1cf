//! Who may come in. The address has a token that only who was given it knows. `Host` must name this machine, or a page of
//! another site whose name was made to point here could ask (DNS rebinding); `Origin`, where a browser sends one, must be
//! the page's own, or another site could open the socket.

use axum::http::{HeaderMap, StatusCode, Uri, header};

/// Bytes of the token, each two hexadecimal digits in the address.
const TOKEN: usize = 16;

/// Who may come in at one port.
pub(crate) struct Guard {
    token: String,
    /// `127.0.0.1:PORT`, `localhost:PORT`
    authorities: [String; 2],
}

impl Guard {
    /// Makes a token.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub(crate) fn new(port: u16) -> std::io::Result<Guard> {
        let mut bytes = [0; TOKEN];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        let token = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Guard { token, authorities: [format!("127.0.0.1:{port}"), format!("localhost:{port}")] })
    }

    /// The page's address.
    pub(crate) fn address(&self) -> String {
        format!("http://{}/{}/", self.authorities[0], self.token)
    }

    /// The sources that a page may connect to.
    pub(crate) fn sockets(&self) -> String {
        self.authorities.iter().map(|authority| format!("ws://{authority}")).collect::<Vec<_>>().join(" ")
    }

    /// The name after the token, of what is asked for.
    ///
    /// # Errors
    /// The status that the request is refused with.
    pub(crate) fn admit<'a>(&self, uri: &'a Uri, headers: &HeaderMap) -> Result<&'a str, StatusCode> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        let is_own = |name: &str| self.authorities.iter().any(|own| own == name);
        if hosts.next().is_some()
            || !host.is_some_and(is_own)
            || uri.authority().is_some_and(|authority| !is_own(authority.as_str()))
        {
            return Err(StatusCode::MISDIRECTED_REQUEST);
        }
        let own_origin = |origin: &header::HeaderValue| {
            origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://")) == host
        };
        if !headers.get_all(header::ORIGIN).iter().all(own_origin) {
            return Err(StatusCode::FORBIDDEN);
        }
        let path = uri.path().strip_prefix('/').unwrap_or_default();
        match path.split_once('/') {
            Some((token, name)) if same(token.as_bytes(), self.token.as_bytes()) => Ok(name),
            _ => Err(StatusCode::NOT_FOUND),
        }
    }
}

/// Compares all bytes, so that the time tells nothing of where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
}
