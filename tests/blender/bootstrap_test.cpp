// What an add-on is asked to execute so that our runtime gets in, and what is made of its answer.
#include "bootstrap.hpp"

#include "temp_folder.hpp"

#include <blender_mcpd/blender/runtime_files.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>

#include <support/catch.hpp>

namespace blender_mcpd::blender {

TEST_CASE("bootstrap: the first question is short, and names version, token and mark") {
    const auto code = enter_code("t0ken", "m4rk");
    CHECK(code.size() < 1'000);
    for (const auto part : {std::string_view("t0ken"), std::string_view("m4rk"), runtime_hash()})
        CHECK_THAT(code, ContainsSubstring(std::string(part)));
    // What is printed is not what was asked: the mark is put together at run time.
    CHECK_FALSE(read_answer(code, "m4rk").has_value());
}

namespace {

/// What Python makes of the parts, by Python: the files, and the token and mark that were given.
core::Json unpacked(const std::vector<std::string>& parts) {
    const test::TempFolder folder;
    // Runs each part in a namespace of its own, as add-ons do, but for the installation itself.
    std::string script =
        "import json, sys, types\nsys.modules['bpy'] = types.ModuleType('bpy')\n"
        "parts = json.load(open(sys.argv[1]))\nfor part in parts:\n"
        "    space = {'result': {}}\n"
        "    exec(part.replace('\\ninstall(given)', '\\n'), space)\n"
        "assert space['result'] == {}\n"
        "left = [n for n in sys.modules if 'parcel' in n]\n"
        "print(json.dumps({'given': space['given'], 'left': left}))\n";
    std::ofstream(folder.path() / "unpack.py") << script;
    std::ofstream(folder.path() / "parts.json") << core::dump(core::Json(parts));
    const auto command = "/usr/bin/python3 -I " + (folder.path() / "unpack.py").string() + " " +
                         (folder.path() / "parts.json").string();
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string text;
    for (int byte = std::fgetc(pipe.get()); byte != EOF; byte = std::fgetc(pipe.get()))
        text += static_cast<char>(byte);
    return core::Json::parse(text);
}

void check_unpacked(const std::vector<std::string>& parts) {
    const auto told = unpacked(parts);
    CHECK(told.at("left").empty());
    const auto& given = told.at("given");
    CHECK(given.at("token") == "t0ken");
    CHECK(given.at("mark") == "m4rk");
    CHECK(given.at("runtime") == std::string(runtime_hash()));
    std::size_t files = 0;
    for (const auto& file : runtime_files()) {
        if (!file.path.starts_with("blender_mcpd_runtime/")) continue;
        ++files;
        const auto name = std::string(file.path.substr(file.path.find('/') + 1));
        CHECK(given.at("files").at(name).get<std::string>() == file.text);
    }
    CHECK(given.at("files").size() == files);
}

}  // namespace

TEST_CASE("bootstrap: the second brings every file of the runtime along, compressed") {
    const auto parts = install_code("t0ken", "m4rk", 10'000'000);
    REQUIRE(parts.size() == 1);
    CHECK_THAT(parts[0], ContainsSubstring("install(given)"));
    CHECK(parts[0].size() < 400'000);  // add-ons take time that grows with its square
    check_unpacked(parts);
}

TEST_CASE("bootstrap: the same in parts, in any order but for the last") {
    constexpr std::size_t limit = 3'900;
    auto parts = install_code("t0ken", "m4rk", limit);
    CHECK(parts.size() > 20);
    for (const auto& part : parts) {
        CHECK(part.size() <= limit);
        // As a request of the Lab's, which its add-on reads at one of its ticks.
        CHECK(core::dump(core::Json(part)).size() + 60 <= 4'096);
    }
    CHECK_THAT(parts.back(), ContainsSubstring("install(given)"));
    std::reverse(parts.begin(), parts.end() - 1);
    check_unpacked(parts);
}

TEST_CASE("bootstrap: a command goes as one line, and its answer is found") {
    link::Request request;
    request.op = "get_scene_info";
    request.args = R"({"name":"\u00e4 \"\\"})";
    request.uuid = "its-uuid";
    request.timeout = std::chrono::milliseconds(1'500);
    const auto code = carry_code(request, "m4rk");
    CHECK_THAT(code, ContainsSubstring("guest.carry("));
    CHECK_THAT(code, ContainsSubstring(R"(\"deadline_ms\":1500)"));
    CHECK_THAT(code, ContainsSubstring(R"(\"uuid\":\"its-uuid\")"));
    CHECK_THAT(code, ContainsSubstring(R"(\"\\u00e4 \\\"\\\\\")"));

    const auto read = read_carried(
        "noise m4rk{\"state\":\"applied\",\"reply\":{\"ok\":true,\"gen\":5,\"result\":{\"n\":1}}}\n"
        "YmxvYg==m4rk more",
        "m4rk", true);
    REQUIRE(read.has_value());
    REQUIRE(read->has_value());
    CHECK((*read)->remembered.reply->result() == R"({"n":1})");
    CHECK((*read)->remembered.reply->generation() == 5);
    CHECK((*read)->blob == "blob");
    CHECK_FALSE(read_carried("m4rknullm4rk", "m4rk", true).value().has_value());
    const auto* const nonsense =
        GENERATE("", "m4rk", "m4rkm4rk", "m4rk{}m4rk", "m4rk{\"state\":\"applied\"}\n!m4rk");
    CAPTURE(nonsense);
    CHECK(read_carried(nonsense, "m4rk", true).error().code == core::ErrorCode::protocol);
}

TEST_CASE("bootstrap: whether it is a Blender without a window") {
    const auto read =
        read_answer(R"(m4rk{"port":1,"pid":2,"session":"a","background":true}m4rk)", "m4rk");
    REQUIRE(read.has_value());
    CHECK((*read)->background);
}

TEST_CASE("bootstrap: the answer is found in what others print") {
    const std::string answer =
        R"({"port":4711,"pid":12,"session":"ab","executable":"/opt/blender","more":1})";
    const auto read =
        read_answer("noise\n\nm4rk" + answer + "m4rk\nClient handler started", "m4rk");
    REQUIRE(read.has_value());
    REQUIRE(read->has_value());
    CHECK((*read)->port == 4711);
    CHECK((*read)->pid == 12);
    CHECK((*read)->session == "ab");
    CHECK((*read)->executable == "/opt/blender");

    const auto none = read_answer("\nm4rknullm4rk\n", "m4rk");
    REQUIRE(none.has_value());
    CHECK_FALSE(none->has_value());
}

TEST_CASE("bootstrap: whatever else is printed is no answer") {
    const auto* const printed =
        GENERATE("", "null", "m4rk", "m4rknull", "m4rk[]m4rk", "m4rk{m4rk", "m4rk{}m4rk",
                 R"(m4rk{"port":0,"pid":1,"session":"a"}m4rk)",
                 R"(m4rk{"port":65536,"pid":1,"session":"a"}m4rk)",
                 R"(m4rk{"port":"1","pid":1,"session":"a"}m4rk)",
                 R"(m4rk{"port":1,"pid":-1,"session":"a"}m4rk)",
                 R"(m4rk{"port":1,"pid":1,"session":""}m4rk)", R"(m4rk{"port":1,"pid":1}m4rk)");
    INFO(printed);
    const auto read = read_answer(printed, "m4rk");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == core::ErrorCode::protocol);
}

TEST_CASE("bootstrap: which hosts are this one") {
    for (const auto* here : {"localhost", "LocalHost", "127.0.0.1", "127.1.2.3", "::1"})
        CHECK(is_this_host(here));
    for (const auto* elsewhere : {"blender.lan", "192.168.1.2", "0.0.0.0", "", "localhost.lan"})
        CHECK_FALSE(is_this_host(elsewhere));
}

}  // namespace blender_mcpd::blender
