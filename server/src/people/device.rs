//! How somebody signed in, and on what kind of device.

/// How a session was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Passkey,
    Code,
    WeChat,
    Demo,
    /// For an app, by a key.
    Token,
}

impl Way {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Code => "code",
            Self::WeChat => "wechat",
            Self::Demo => "demo",
            Self::Token => "token",
        }
    }
}

/// The family of devices that a client names in its `User-Agent`: no more of it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device(&'static str);

impl Device {
    /// Every family. An earlier one goes first: a browser on Android also names Linux, and one on an iPhone a Mac.
    const FAMILIES: [(&'static str, &'static str); 8] = [
        ("iPhone", "iphone"),
        ("iPad", "ipad"),
        ("OpenHarmony", "harmony"),
        ("Android", "android"),
        ("Windows", "windows"),
        ("Macintosh", "mac"),
        ("CrOS", "chromebook"),
        ("Linux", "linux"),
    ];

    /// The family of a `User-Agent`.
    #[must_use]
    pub fn of(agent: &str) -> Self {
        let found = Self::FAMILIES.iter().find(|(sign, _)| agent.contains(sign));
        Self(found.map_or("other", |(_, family)| family))
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Device;

    #[test]
    fn a_device_is_the_family_that_its_browser_means() {
        for (agent, family) in [
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1", "iphone"),
            ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/139.0.0.0 Mobile Safari/537.36", "android"),
            ("Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 ArkWeb/4.1", "harmony"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", "mac"),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/142.0", "windows"),
            ("Mozilla/5.0 (X11; Linux x86_64) Chrome/139.0.0.0", "linux"),
            ("curl/8.14", "other"),
            ("", "other"),
        ] {
            assert_eq!(Device::of(agent).as_str(), family, "{agent}");
        }
    }
}
