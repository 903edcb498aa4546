"""Messages that no well-meaning client sends, for either era."""

from __future__ import annotations

MEBIBYTE = 1 << 20
DEEP = 100_000

# The codes that a request may be answered with; None: with a result.
GOOD: set[int | None] = {None}
BAD: set[int | None] = {-32700, -32600, -32602}
SOME = BAD | GOOD | {-32601}


def hostile_messages(params: bytes) -> list[tuple[str, bytes, set[int | None]]]:
    """(what, the message, the codes of its answer); `params` has what the era wants to have."""
    def ask(request_id: bytes = b"1", method: bytes = b'"tools/list"', more: bytes = b"") -> bytes:
        return b'{"jsonrpc":"2.0","id":' + request_id + b',"method":' + method + b',"params":{' + params[1:-1] + more + b"}}"

    comma = b"," if params != b"{}" else b""
    call = b'"tools/call"'

    def arguments(raw: bytes) -> bytes:
        return comma + b'"name":"get_object_info","arguments":{"names":[' + raw + b"]}"

    return [
        ("arrays without end", b"[" * DEEP, BAD), ("arrays with an end", b"[" * DEEP + b"]" * DEEP, BAD),
        ("objects without end", b'{"a":' * DEEP, BAD), ("objects with an end", b'{"a":' * DEEP + b"1" + b"}" * DEEP, BAD),
        ("a deep id", ask(b"[" * DEEP + b"]" * DEEP), BAD),
        ("deep params", ask(more=comma + b'"x":' + b"[" * DEEP + b"]" * DEEP), BAD),
        ("deep arguments", ask(method=call, more=arguments(b'{"a":' * DEEP + b"1" + b"}" * DEEP)), BAD),
        # The last of two members counts: so does Python's reader, by which the judge knows what was asked.
        ("two ids", ask(b'2,"id":1'), GOOD), ("two methods", ask(method=b'"no/such","method":"tools/list"'), GOOD),
        ("two versions", b'{"jsonrpc":"1.0",' + ask()[1:], GOOD),
        ("two versions, the second wrong", ask()[:-1] + b',"jsonrpc":"1.0"}', BAD),
        ("two params", ask().replace(b'"params":', b'"params":[],"params":'), GOOD),
        ("two params with an escape", ask().replace(b'"params":', b'"par\\u0061ms":[],"params":'), GOOD),
        ("two members in params", ask(more=comma + b'"x":1,"x":2'), GOOD),
        *((f"the id {request_id!r}", ask(request_id), BAD)
          for request_id in (b"null", b"true", b"1.5", b"1e3", b"1E400", b"{}", b"[]", b"[1]", b"-", b"01", b"NaN", b"0x1")),
        *((f"the id {request_id[:30]!r}", ask(request_id), SOME)
          for request_id in (b'""', b"-0", b"-1", b"9" * 19, b"9" * 1000,
                             b'"\\ud800"', b'"\\u0000"', b'"\\n"', b'"\xf0\x9f\x98\x80"')),
        ("an id of 1025 digits", ask(b"9" * 1025), BAD), ("an id of 1 MiB", ask(b'"' + b"x" * MEBIBYTE + b'"'), BAD),
        ("a number that is too large", ask(more=comma + b'"x":1e999'), SOME),
        ("a number that is too large, as an argument", ask(method=call, more=arguments(b"1e999")), SOME),
        ("a number of a million digits", ask(method=call, more=arguments(b"9" * 1_000_000)), SOME),
        ("a lone surrogate", ask(method=call, more=arguments(b'"\\ud800"')), SOME),
        ("a lone low surrogate", ask(method=call, more=arguments(b'"\\udfff x"')), SOME),
        ("surrogates the wrong way round", ask(method=call, more=arguments(b'"\\udc00\\ud800"')), SOME),
        ("a method with a lone surrogate", ask(method=b'"\\ud800"'), SOME),
        ("a method with a zero byte", ask(method=b'"tools/list\\u0000"'), SOME),
        ("a method of 1 MiB", ask(method=b'"' + b"m" * MEBIBYTE + b'"'), SOME), ("a method that is none", ask(method=b"1"), BAD),
        ("bytes that are no UTF-8", ask(method=b'"\xff\xfe"'), BAD), ("an overlong form", ask(method=b'"\xc0\xaf"'), BAD),
        ("a surrogate in UTF-8", ask(method=b'"\xed\xa0\x80"'), BAD), ("beyond Unicode", ask(method=b'"\xf4\x90\x80\x80"'), BAD),
        ("half a character", ask(method=b'"\xe2\x82"'), BAD), ("UTF-16", ask().decode().encode("utf-16"), BAD),
        ("a byte order mark", b"\xef\xbb\xbf" + ask(), BAD), ("a zero byte", b"\0", BAD),
        ("a zero byte within", ask() + b"\0", BAD),
        ("a control character in a string", ask(method=b'"\x01"'), BAD), ("a comma too many", ask()[:-1] + b",}", BAD),
        ("a comment", ask() + b"// x", BAD), ("NaN", ask(more=comma + b'"x":NaN'), BAD),
        ("Infinity", ask(more=comma + b'"x":-Infinity'), BAD), ("cut off", ask()[:-1], BAD), ("two messages", ask() * 2, BAD),
        ("single quotes", ask().replace(b'"', b"'"), BAD), ("a bad escape", ask(method=b'"\\x41"'), BAD),
        ("a batch of many", b"[" + b",".join([ask()] * 1000) + b"]", BAD), ("an empty batch", b"[]", BAD),
        ("a string", b'"x"', BAD), ("a number", b"1", BAD), ("null", b"null", BAD), ("nothing in it", b"{}", BAD),
        ("params in order", b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}', BAD),
        ("another version", ask().replace(b"2.0", b"1.0", 1), BAD),
        ("many members", ask(more=comma + b",".join(b'"%d":0' % number for number in range(100_000))), SOME),
        ("a long name", ask(more=comma + b'"' + b"k" * MEBIBYTE + b'":1'), SOME),
    ]
