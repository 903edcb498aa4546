#include "request_ledger.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::transport {

namespace {

/// The ids that are still open, raw, separated by spaces; whatever the pieces the bytes came in.
std::string open_after(std::string_view sent, std::string_view received, std::size_t piece) {
    RequestLedger ledger;
    for (std::size_t at = 0; at < sent.size(); at += piece)
        ledger.sent(sent.substr(at, piece));
    for (std::size_t at = 0; at < received.size(); at += piece)
        ledger.received(received.substr(at, piece));
    ledger.sent_all();
    std::string ids;
    std::istringstream lines(ledger.give_up(1'000'000));
    for (std::string line; std::getline(lines, line);) {
        const auto message = core::RawObject::scan(line);
        REQUIRE(message.has_value());
        if (!ids.empty()) ids += ' ';
        ids += *message->find("id");
    }
    CHECK(ledger.open() == 0);
    return ids;
}

std::string request(const std::string& id) {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"ping"})" + "\n";
}
std::string result(const std::string& id) {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{}})" + "\n";
}
std::string cancel(const std::string& id) {
    return R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + id +
           "}}\n";
}

}  // namespace

TEST_CASE("a request is open until its answer comes") {
    struct Row {
        std::string name;
        std::string sent;
        std::string received;
        std::string open;
    };
    const auto row = GENERATE(values<Row>({
        {"none", "", "", ""},
        {"one", request("1"), "", "1"},
        {"answered", request("1"), result("1"), ""},
        {"an error is an answer", request("1"),
         R"({"id":1,"error":{"code":1,"message":"x"}})"
         "\n",
         ""},
        {"in order", request("3") + request("1") + request("2"), result("1"), "3 2"},
        {"a string is no number", request("\"1\"") + request("1"), result("1"), "\"1\""},
        {"string ids", request(R"("a\"b\\")") + request(R"("é")"), result(R"("a\"b\\")"), R"("é")"},
        {"negative, zero, large", request("-1") + request("0") + request("123456789012345678901"),
         result("0"), "-1 123456789012345678901"},
        {"the same id twice", request("1") + request("1"), result("1"), "1"},
        {"members in any order",
         R"({"method":"tools/call","params":{"id":9,"method":"x","a":[{"id":8}]},"jsonrpc":"2.0","id":1})"
         "\n",
         "", "1"},
        {"white space", " { \"id\" :\t5 , \"method\" : \"ping\" } \r\n", "", "5"},
        {"escaped names",
         R"({"\u0069d":1,"\u006dethod":"ping"})"
         "\n",
         "", "1"},
        {"escaped quotes in values",
         R"({"method":"ping","params":{"x":"\\\"},\"id\":2"},"id":1})"
         "\n",
         "", "1"},
        {"the last of two members counts",
         R"({"id":1,"method":"ping","id":2})"
         "\n",
         "", "2"},
        {"notifications",
         R"({"method":"notifications/initialized"})"
         "\n"
         R"({"method":"x","params":{"id":1}})"
         "\n",
         "", ""},
        {"answers to the daemon's requests", result("1"), "", ""},
        {"requests of the daemon", request("1"), request("1"), "1"},
        {"progress", request("1"),
         R"({"method":"notifications/progress","params":{"progressToken":1,"id":1}})"
         "\n",
         "1"},
        {"ids inside a result", request("1"),
         R"({"result":{"id":1,"x":[{"id":1}]},"id":2})"
         "\n",
         "1"},
        {"ids that cannot be echoed",
         R"({"id":null,"method":"x"})"
         "\n"
         R"({"id":1.5,"method":"x"})"
         "\n"
         R"({"id":{"id":1},"method":"x"})"
         "\n"
         R"({"id":[1],"method":"x"})"
         "\n"
         R"({"id":true,"method":"x"})"
         "\n",
         "", ""},
        {"an id of the longest size", request('"' + std::string(1'022, 'i') + '"'), "",
         '"' + std::string(1'022, 'i') + '"'},
        {"an id that is too long", request('"' + std::string(1'023, 'i') + '"'), "", ""},
        {"a number that is too long", request(std::string(100'000, '1')), "", ""},
        {"a long method", R"({"id":1,"method":")" + std::string(5'000, 'm') + "\"}\n", "", "1"},
        {"cancelled", request("1") + request("2") + cancel("1"), "", "2"},
        {"cancelled by name", request("\"a\"") + cancel("\"a\"") + cancel("\"b\""), "", ""},
        {"cancelled, members in any order",
         request("1") + request("2") +
             R"({"params":{"reason":{"requestId":2},"requestId":1},"method":"notifications/cancelled"})"
             "\n",
         "", "2"},
        {"cancelled, where the last params count",
         request("1") +
             R"({"method":"notifications/cancelled","params":{"requestId":1},"params":2})"
             "\n",
         "", "1"},
        {"another notification with a requestId",
         request("1") + R"({"method":"notifications/other","params":{"requestId":1}})" + "\n", "",
         "1"},
        {"the last line needs no end", R"({"id":1,"method":"ping"})", "", "1"},
        {"garbage", "garbage\n\n{}\n[]\nnull\n\"id\"\n}{\n" + request("1"), "garbage\n", "1"},
        {"broken off",
         R"({"id":1,"method":"ping")"
         "\n" +
             request("2"),
         "", "2"},
        {"two on a line",
         R"({"id":1,"method":"a"}{"id":2,"method":"b"})"
         "\n",
         "", ""},
        {"too deep",
         R"({"id":1,"method":"a","params":)" + std::string(200, '[') + std::string(200, ']') +
             "}\n",
         "", ""},
        {"a batch that is broken off",
         R"([{"id":1,"method":"ping"},)"
         "\n",
         R"({"error":{"code":-32700,"message":"x"}})"
         "\n",
         ""},
        {"a batch on a line",
         R"([{"id":1,"method":"a"},{"method":"b"},{"id":2,"method":"c"}])"
         "\n",
         R"([{"id":2,"result":{}}])"
         "\n",
         "1"},
        {"a batch that is refused",
         R"([{"id":1,"method":"a"},{"id":2,"method":"c"}])"
         "\n" +
             request("3"),
         R"({"error":{"code":-32600,"message":"no batches"}})"
         "\n",
         "3"},
    }));
    CAPTURE(row.name);
    for (const std::size_t piece : {1, 2, 3, 7, 64, 1'000'000})
        CHECK(open_after(row.sent, row.received, piece) == row.open);
}

TEST_CASE("the answer in the daemon's place is an error with an unknown outcome") {
    RequestLedger ledger;
    ledger.sent(request("\"a\""));
    const auto line = ledger.give_up(1);
    CHECK(line.ends_with("}\n"));
    const auto message = core::parse_json(line);
    REQUIRE(message.has_value());
    CHECK(message->at("jsonrpc") == "2.0");
    CHECK(message->at("id") == "a");
    CHECK(message->at("error").at("code") == -32603);
    CHECK_THAT(message->at("error").at("message").get<std::string>(),
               ContainsSubstring("went away") && ContainsSubstring("unknown"));
    CHECK(message->at("error").at("data").at("outcome") == "unknown");
}

TEST_CASE("it is settled when all is answered that can be") {
    RequestLedger ledger;
    CHECK(ledger.settled());
    ledger.sent(request("1"));
    CHECK_FALSE(ledger.settled());
    SECTION("with its id") {
        ledger.received(result("1"));
    }
    SECTION("without, as what cannot be read") {
        ledger.received(R"({"jsonrpc":"2.0","error":{"code":-32700,"message":"x"}})"
                        "\n");
    }
    CHECK(ledger.settled());
    ledger.sent(request("2") + request("3"));
    CHECK_FALSE(ledger.settled());
}

TEST_CASE("what it holds is bounded") {
    RequestLedger ledger;
    SECTION("by the number of requests") {
        for (std::size_t i = 0; i < RequestLedger::max_open + 10; ++i)
            ledger.sent(request(std::to_string(i)));
        CHECK(ledger.open() == RequestLedger::max_open);
        // The newest are followed.
        CHECK_THAT(ledger.give_up(1), ContainsSubstring(R"("id":10,)"));
    }
    SECTION("by the bytes of their ids") {
        for (int i = 0; i < 20'000; ++i)
            ledger.sent(request('"' + std::string(1'000, 'x') + std::to_string(100'000 + i) + '"'));
        CHECK(ledger.open() == RequestLedger::max_id_bytes / 1'008);
    }
}

}  // namespace blender_mcpd::transport
