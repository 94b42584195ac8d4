//! Pictures of goods. The first bytes of a picture say its format, not its name. It is stored and sent unchanged, as
//! that format only.

use crate::limits::{PICTURE_BYTES_MAX, PICTURE_SIDE_MAX};

/// The formats that are taken. Vector graphics are none of them: they may have a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    Png,
    Jpeg,
    WebP,
}

/// Why a picture is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureError {
    /// It is none of the formats, or has no end.
    Format,
    /// It is another format than its sender says.
    Renamed(PictureFormat),
    /// A side is longer than this.
    Side(u32),
    TooLarge,
}

impl PictureFormat {
    pub const ALL: [Self; 3] = [Self::Png, Self::Jpeg, Self::WebP];

    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }

    #[must_use]
    pub fn of_media_type(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.media_type() == text)
    }
}

/// The format of a picture of which its sender says that it is `said`.
///
/// # Errors
/// Why it is refused.
pub fn check(content: &[u8], said: Option<PictureFormat>) -> Result<PictureFormat, PictureError> {
    if content.len() > PICTURE_BYTES_MAX {
        return Err(PictureError::TooLarge);
    }
    let png = png_sides(content).map(|sides| (PictureFormat::Png, sides));
    let jpeg = || jpeg_sides(content).map(|sides| (PictureFormat::Jpeg, sides));
    let webp = || webp_sides(content).map(|sides| (PictureFormat::WebP, sides));
    let (format, (width, height)) = png.or_else(jpeg).or_else(webp).ok_or(PictureError::Format)?;
    if said != Some(format) {
        return Err(PictureError::Renamed(format));
    }
    // A small file can be a very large picture, which a phone cannot show.
    let is_shown = [width, height].iter().all(|side| (1..=PICTURE_SIDE_MAX).contains(side));
    if is_shown { Ok(format) } else { Err(PictureError::Side(PICTURE_SIDE_MAX)) }
}

fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn little_endian(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Width and height; nothing if it is no PNG, or something follows its end.
fn png_sides(content: &[u8]) -> Option<(u32, u32)> {
    let rest = content.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")?;
    content.ends_with(b"\0\0\0\0IEND\xaeB`\x82").then_some(())?;
    Some((big_endian(rest.get(..4)?), big_endian(rest.get(4..8)?)))
}

/// As above, of a JPEG: its frame header has them. Cameras write after the end, so that is not looked at.
fn jpeg_sides(content: &[u8]) -> Option<(u32, u32)> {
    let mut rest = content.strip_prefix(b"\xff\xd8")?;
    loop {
        let [0xff, marker, after @ ..] = rest else { return None };
        match marker {
            // Bytes that fill.
            0xff => rest = rest.get(1..)?,
            // Start of frame, of whatever kind.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((big_endian(after.get(5..7)?), big_endian(after.get(3..5)?)));
            }
            0x01 | 0xd0..=0xda => return None,
            _ => {
                let length = usize::try_from(big_endian(after.get(..2)?)).ok()?;
                rest = after.get(length.max(2)..)?;
            }
        }
    }
}

/// As above, of a WebP.
fn webp_sides(content: &[u8]) -> Option<(u32, u32)> {
    let rest = content.strip_prefix(b"RIFF")?;
    let length = usize::try_from(little_endian(rest.get(..4)?)).ok()?;
    (length.checked_add(8)? == content.len()).then_some(())?;
    let rest = rest.get(4..)?.strip_prefix(b"WEBP")?;
    let (kind, data) = (rest.get(..4)?, rest.get(8..)?);
    match kind {
        b"VP8 " => {
            let sides = data.get(3..)?.strip_prefix(b"\x9d\x01\x2a")?;
            Some((little_endian(sides.get(..2)?) & 0x3fff, little_endian(sides.get(2..4)?) & 0x3fff))
        }
        b"VP8L" => {
            let sides = little_endian(data.strip_prefix(b"\x2f")?.get(..4)?);
            Some(((sides & 0x3fff) + 1, (sides >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((little_endian(data.get(4..7)?) + 1, little_endian(data.get(7..10)?) + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
        [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice(), &sides, b"\x08\0\0\0\0", b"\0\0\0\0IEND\xaeB`\x82"].concat()
    }

    fn jpeg() -> Vec<u8> {
        b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x0b\x08\0\x02\0\x03\x01\x01\x11\0\xff\xd9".to_vec()
    }

    fn webp(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u8::try_from(12 + data.len()).unwrap_or_default();
        [b"RIFF", &[length, 0, 0, 0][..], b"WEBP", &kind, &[0, 0, 0, 0], data].concat()
    }

    #[test]
    fn the_bytes_say_what_a_picture_is_and_how_large() {
        assert_eq!(png_sides(&png(640, 480)), Some((640, 480)));
        assert_eq!(jpeg_sides(&jpeg()), Some((3, 2)));
        assert_eq!(webp_sides(&webp(*b"VP8 ", b"abc\x9d\x01\x2a\x03\x40\x02\0")), Some((3, 2)));
        assert_eq!(webp_sides(&webp(*b"VP8L", &[0x2f, 0x02, 0x40, 0, 0])), Some((3, 2)));
        assert_eq!(webp_sides(&webp(*b"VP8X", &[0, 0, 0, 0, 2, 0, 0, 1, 0, 0])), Some((3, 2)));
    }

    #[test]
    fn only_what_is_a_picture_and_says_so_is_taken() {
        assert_eq!(check(&png(1, 1), Some(PictureFormat::Png)), Ok(PictureFormat::Png));
        assert_eq!(check(&jpeg(), Some(PictureFormat::Jpeg)), Ok(PictureFormat::Jpeg));
        let renamed = PictureError::Renamed(PictureFormat::Png);
        assert_eq!(check(&png(1, 1), Some(PictureFormat::Jpeg)), Err(renamed));
        assert_eq!(check(&png(1, 1), None), Err(renamed));
        let side = PictureError::Side(PICTURE_SIDE_MAX);
        assert_eq!(check(&png(PICTURE_SIDE_MAX + 1, 1), Some(PictureFormat::Png)), Err(side));
        assert_eq!(check(&png(0, 1), Some(PictureFormat::Png)), Err(side));
        let mut more = png(1, 1);
        more.extend(b"<script>");
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        for bad in [&more[..], svg, b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xda\0\0", b"RIFF\0\0\0\0WEBP", b"GIF89a"] {
            for said in PictureFormat::ALL {
                assert_eq!(check(bad, Some(said)), Err(PictureError::Format), "{bad:?}");
            }
        }
        assert_eq!(check(&vec![0; PICTURE_BYTES_MAX + 1], Some(PictureFormat::Png)), Err(PictureError::TooLarge));
    }
}
