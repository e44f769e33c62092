//! Certificates of an invented vendor, made for these tests; what is expected of them is what openssl prints.

use super::{NoCertificate, read};

/// A certificate authority on NIST P-256.
const AUTHORITY: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBxDCCAWmgAwIBAgIUakbXyeFteG9ANJCw5jKd//s+uhEwCgYIKoZIzj0EAwIw\n\
NzEYMBYGA1UECgwPSGFsdmFyZCBTeXN0ZW1zMRswGQYDVQQDDBJIYWx2YXJkIFBh\n\
Y2thZ2UgQ0EwHhcNMjYxMTI0MDYxODIzWhcNMzExMTI0MDYxODIzWjA3MRgwFgYD\n\
VQQKDA9IYWx2YXJkIFN5c3RlbXMxGzAZBgNVBAMMEkhhbHZhcmQgUGFja2FnZSBD\n\
QTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMbMww526sYAZ+ie+4ggy9f+S2o5\n\
8bBJrjhaOGv/sbiSS7nqAiLQ/aiVoRfXnIPCtZWgqNUwg5SLjnNvBof1T5+jUzBR\n\
MB0GA1UdDgQWBBToh0Qup4UTDjVxrqtTy5WvD4heITAfBgNVHSMEGDAWgBToh0Qu\n\
p4UTDjVxrqtTy5WvD4heITAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kA\n\
MEYCIQCOFU0089ofavGo2oPK5rXXYvrrdF2OSkJjf657i7RBoQIhANBGDuH/qc9I\n\
I/PMOTx1cG6lmnK/vHndF1COsK6slY7U\n\
-----END CERTIFICATE-----\n";

/// A certificate for signing, RSA.
const SIGNING: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIDUDCCAjigAwIBAgIUVqiUNupKAU/xLKD9Kjjfny7BuEswDQYJKoZIhvcNAQEL\n\
BQAwOTEYMBYGA1UECgwPSGFsdmFyZCBTeXN0ZW1zMR0wGwYDVQQDDBRIYWx2YXJk\n\
IENvZGUgU2lnbmluZzAeFw0yNjExMjQwNjE4MjNaFw0yODExMjMwNjE4MjNaMDkx\n\
GDAWBgNVBAoMD0hhbHZhcmQgU3lzdGVtczEdMBsGA1UEAwwUSGFsdmFyZCBDb2Rl\n\
IFNpZ25pbmcwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDI/Bf152cz\n\
QUHh9/fj9PPO6+qZXHyPV+CjsBPHCMpJaZ0mUbUswbWZy8ZobBThxv+8Yy0yumTi\n\
MXTnuHaUtnd9hgKfp16WO6ph+RpqsVi6eFO4TrQZAIGgsygpQxXsjyDIOILhXVCD\n\
AWnBfk6gsZHLkrwc5frBv2zCwssZ1FnE3POmwfPxq5NAJYD9m9dyp51tc7+52lyY\n\
eA8wnV/wQ6SpZmZhqDK90k6UH5LIxVfrCbSUi/GPZa7T6DqzXvI8TTtlRuimz/uX\n\
hpirjnNotjXaiiBcoMAfjp5xvGBCbGE3jSukiCTKcw6QveAYCXTxvuiEVwTqA7FB\n\
6RnTOJOn60vTAgMBAAGjUDBOMB0GA1UdDgQWBBTNC6KHlzuZT0Iw1i7E0o+VoXGq\n\
GjAfBgNVHSMEGDAWgBTNC6KHlzuZT0Iw1i7E0o+VoXGqGjAMBgNVHRMBAf8EAjAA\n\
MA0GCSqGSIb3DQEBCwUAA4IBAQAuiR+IOkOSmgggdXiwIOcTQfdFAJ9Vx56J+4bM\n\
PDFQFjzMGSkDabz68/rgFdCRrsQTQZ7tHhK2DLTn7iA+nDy08bNKok2XaNiGY2PF\n\
2tpRuEjaSssYDwQz3ulTL2B3dTH/pt1FSLghsQEximJj+fwqz3yYp/NuUKFYDW10\n\
h8gOwaMItmt4vBvpCyoS37teTyRHXYdRe9lpADUHRq4FG887OoRZS5y+r57szTlx\n\
3n/iYkkS4ts/yMA10XPxVxCmRWQKp3ZY7X0NFKu8KrXjwPtis4YCspmZoRYVoOPu\n\
+E5KrjCRHOgiYr3m5QWPKUD05xTOs46LrAxFBl4BJRwj21mO\n\
-----END CERTIFICATE-----\n";

#[test]
fn blocks_with_text_around_them_are_read_each_once() {
    let file = format!(
        "Our certificates:\n\n{AUTHORITY}\nand\n\n   {}\n{AUTHORITY}",
        SIGNING.replace('\n', "\r\n   ")
    );
    let found = read(file.as_bytes()).unwrap();
    let [authority, signing] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        authority.fingerprint.to_string(),
        "785856613CCE0CC91F09F2AE560C9A4CB70C3916F7BB36560D0374060BB34A1E"
    );
    assert_eq!(
        signing.fingerprint.to_string(),
        "A8BD53AC17E0D77E9C5F2353D0AB1ABF7DB6A962F4D7293114B01F721DCBCE55"
    );
    assert_eq!(
        (authority.serial.as_str(), signing.serial.as_str()),
        ("6A46D7C9E16D786F403490B0E6329DFFFB3EBA11", "56A89436EA4A014FF12CA0FD2A38DF9F2EC1B84B")
    );
    assert_eq!((authority.algorithm.as_str(), signing.algorithm.as_str()), ("NIST P-256", "RSA 2048"));
    assert!(authority.issues && !signing.issues);
    assert_eq!(authority.subject, authority.issuer);
    assert_eq!(signing.subject, "CN=Halvard Code Signing,O=Halvard Systems");
    assert_eq!(signing.not_after - signing.not_before, 730 * 86_400);
}

#[test]
fn what_is_no_certificate_is_told_from_a_broken_one() {
    assert_eq!(read(b"nothing here"), Err(NoCertificate::Absent));
    let broken = AUTHORITY.replacen("MII", "MIJ", 1);
    let told = [broken.as_bytes(), b"\x30\x82\x00\x03\x02\x01\x05"].map(|bytes| read(bytes).unwrap_err());
    assert!(told.iter().all(|error| matches!(error, NoCertificate::Broken(_))), "{told:?}");
    assert_eq!(read(format!("{broken}{SIGNING}").as_bytes()).unwrap().len(), 1);
}
