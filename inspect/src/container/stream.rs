//! A compressed stream, opened: a tar inside is walked, anything else is one member.
//!
//! Memory for decoders is bounded: a long window is granted near the outside, where `zstd --long` and `xz -9`
//! are usual, and a short one further in, where several decoders may be open at once.

use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;

use crate::container::budget::{Counted, Intake, Metered};
use crate::container::format::{Codec, Format};
use crate::container::problem::Problem;
use crate::container::tar;
use crate::container::walker::{Opened, Place, Walker, peek};

/// Two to this power bytes of window: 128 MiB, what `zstd --long` (27) and `--ultra -22` need.
const WINDOW_OUTSIDE: u32 = 27;
/// Deeper in: 8 MiB, what `zstd -19` and `xz -6` need.
const WINDOW_INSIDE: u32 = 23;
/// How deep the long window is granted: in the walked file and in the archives it holds.
const OUTSIDE: u8 = 1;

/// Walks what `input` unpacks to; `name` is the compressed file's own.
pub(crate) fn walk(
    walker: &mut Walker<'_>,
    place: &Place,
    name: &str,
    codec: Codec,
    input: impl Read,
) -> Opened {
    let intake = Intake::default();
    let decoder = decoder(codec, Counted::new(input, &intake), place.depth)
        .map_err(|error| walker.budget.reason(&error, intake.ended()))?;
    let mut output = Metered::new(decoder, Some(&intake), &walker.budget);
    let head = peek(&mut output).map_err(|error| walker.budget.reason(&error, intake.ended()))?;
    let is_tar = Format::of(&head) == Some(Format::Tar);
    let whole = io::Cursor::new(head).chain(output);
    if is_tar {
        return Ok(tar::walk(walker, place, whole));
    }
    let name = unpacked_name(name, codec);
    match walker.hold(whole, &intake) {
        Ok(bytes) => {
            if let ControlFlow::Break(stop) = walker.count(place) {
                return Ok(ControlFlow::Break(stop));
            }
            Ok(walker.offer(place, &name, bytes))
        }
        Err(problem) => Err(problem),
    }
}

/// A reader of what `input` unpacks to, its memory bounded for `depth`.
pub(crate) fn decoder<'r>(codec: Codec, input: impl Read + 'r, depth: u8) -> io::Result<Box<dyn Read + 'r>> {
    let window = if depth <= OUTSIDE { WINDOW_OUTSIDE } else { WINDOW_INSIDE };
    Ok(match codec {
        // 32 KiB: the codec's own window, and half the default pipe.
        Codec::Gzip => {
            Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(32 << 10, input)))
        }
        Codec::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::new(input)?;
            decoder.window_log_max(window)?;
            Box::new(decoder)
        }
        Codec::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(input)),
        Codec::Xz => {
            // The window and, as the format's reference puts it, "a little more" for the decoder's own state.
            let kibibytes = (1 << (window - 10)) + 256;
            let input = BufReader::with_capacity(32 << 10, input);
            Box::new(lzma_rust2::XzReader::new_mem_limit(input, true, kibibytes))
        }
    })
}

/// The file's name as its compressor would restore it.
fn unpacked_name(name: &str, codec: Codec) -> String {
    for (suffix, instead) in codec.suffixes() {
        let Some(at) = name.len().checked_sub(suffix.len()).filter(|at| *at > 0) else { continue };
        if let (Some(stem), Some(end)) = (name.get(..at), name.get(at..))
            && end.eq_ignore_ascii_case(suffix)
        {
            return format!("{stem}{instead}");
        }
    }
    name.to_owned()
}

/// A problem that a codec would raise on these bytes, for members that are compressed inside another archive.
pub(crate) fn unsupported(method: impl std::fmt::Display) -> Problem {
    Problem::UnsupportedMethod(format!("compression method {method}"))
}

#[cfg(test)]
mod tests {
    use super::unpacked_name;
    use crate::container::format::Codec;

    fn check(name: &str, codec: Codec, expected: &str) {
        assert_eq!(unpacked_name(name, codec), expected);
    }

    #[test]
    fn a_suffix_is_taken_off() {
        check("feed.xml.gz", Codec::Gzip, "feed.xml");
        check("FEED.XML.GZ", Codec::Gzip, "FEED.XML");
        check("all.tgz", Codec::Gzip, "all.tar");
        check("é.xz", Codec::Xz, "é");
    }

    #[test]
    fn a_name_without_the_right_suffix_stays() {
        check("feed", Codec::Zstd, "feed");
        check(".gz", Codec::Gzip, ".gz");
        check("é", Codec::Gzip, "é");
        check("feed.gz", Codec::Xz, "feed.gz");
    }
}
