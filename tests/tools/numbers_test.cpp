// Every number that any tool takes, from the text of a message on: what a 32-bit float cannot hold
// is refused, and the answer says where it was.
#include "catalogue.hpp"
#include "fake_blender.hpp"

#include <blender_mcpd/guard/numbers.hpp>
#include <blender_mcpd/mcp/session.hpp>

#include <algorithm>
#include <functional>
#include <set>

#include <support/catch.hpp>
#include <support/function_channel.hpp>

namespace blender_mcpd::tools {
namespace {

const std::string placeholder = "\"HERE\"";

/// The smallest value that the schema accepts.
core::Json minimal(const core::Json& schema) {
    if (schema.contains("anyOf")) return minimal(schema["anyOf"][0]);
    if (schema.contains("enum")) return schema["enum"][0];
    const auto type = schema.at("type").get<std::string>();
    if (type == "string") return std::string(schema.value("minLength", std::size_t{0}), 'x');
    if (type == "number" || type == "integer")
        return std::clamp(0.0, schema["minimum"].get<double>(), schema["maximum"].get<double>());
    if (type == "boolean") return true;
    if (type == "null") return nullptr;
    if (type == "array")
        return core::Json(schema.value("minItems", std::size_t{0}), minimal(schema["items"]));
    auto value = core::Json::object();
    if (!schema.contains("properties")) return value;
    for (const auto& name : schema.value("required", core::Json::array())) {
        const auto key = name.get<std::string>();
        value[key] = minimal(schema["properties"][key]);
    }
    for (const auto& [name, property] : schema["properties"].items()) {
        if (value.size() < schema.value("minProperties", std::size_t{0}))
            value[name] = minimal(property);
    }
    return value;
}

/// Makes arguments around a value.
using Wrap = std::function<core::Json(core::Json value)>;
using Visit = std::function<void(const std::string& path, const core::Json& schema,
                                 const core::Json& arguments)>;

/// Visits every number of the schema, with arguments that hold the placeholder there.
void each_number(const core::Json& schema, const std::string& path, const Wrap& wrap,
                 const Visit& visit) {
    if (schema.contains("anyOf")) {
        for (const auto& choice : schema["anyOf"])
            each_number(choice, path, wrap, visit);
        return;
    }
    const auto type = schema.at("type").get<std::string>();
    if (type == "number" || type == "integer") visit(path, schema, wrap("HERE"));
    if (type == "array") {
        const auto at = std::max<std::size_t>(schema.value("minItems", std::size_t{0}), 1) - 1;
        const auto with_item = [&](core::Json item) {
            auto items = minimal(schema);
            if (items.empty()) items.push_back(nullptr);
            items[at] = std::move(item);
            return wrap(std::move(items));
        };
        each_number(schema["items"], path + "[" + std::to_string(at) + "]", with_item, visit);
    }
    if (type != "object" || !schema.contains("properties")) return;
    for (const auto& [name, property] : schema["properties"].items()) {
        const auto with_member = [&, key = name](core::Json member) {
            auto members = minimal(schema);
            members[key] = std::move(member);
            return wrap(std::move(members));
        };
        each_number(property, path.empty() ? name : path + "." + name, with_member, visit);
    }
}

/// A conversation with all tools.
struct Talk {
    Bench bench;
    core::Metrics metrics;
    mcp::Server server{bench.loop.timers, metrics, {"test", "Test", "1", ""}, bench.tools, {}};
    std::string sent;
    mcp::Session session{server, server.name_client()};
    std::shared_ptr<mcp::Channel> client =
        test::channel([this](std::string message) { sent = std::move(message); });

    /// The text of the isError result, or "" of a success.
    std::string call(const std::string& tool, const std::string& arguments) {
        sent.clear();
        session.receive(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")" +
                            tool + R"(","arguments":)" + arguments + "}}",
                        client);
        bench.loop.drive([&] { return !sent.empty(); });
        const auto answer = core::parse_json(sent);
        REQUIRE(answer.has_value());
        REQUIRE(answer->contains("result"));
        if (!answer->at("result").value("isError", false)) return {};
        return answer->at("result").at("content").at(0).at("text").get<std::string>();
    }
};

std::string with(const core::Json& arguments, const std::string& number) {
    auto text = core::dump(arguments);
    const auto at = text.find(placeholder);
    REQUIRE(at != std::string::npos);
    return text.replace(at, placeholder.size(), number);
}

/// Numbers that have no meaning without other arguments.
core::Json completed(const std::string& tool, const std::string& path, core::Json arguments) {
    if (tool == "render" && path.starts_with("frame_"))
        arguments.update({{"kind", "animation"}, {"output", "/tmp/x.mp4"}});
    if (tool == "import_file" || tool == "export_file") arguments["path"] = some_file();
    if (tool == "import_asset") {
        const auto kind = path == "scale"                                    ? assets::Kind::texture
                          : path == "strength" || path == "rotation_degrees" ? assets::Kind::hdri
                                                                             : assets::Kind::model;
        arguments.update({{"provider", "local"}, {"id", some_asset(kind)}});
    }
    if (tool == "generate_model") arguments["prompt"] = "a red chair";
    return arguments;
}

/// A socket by name or index, a value of any property.
bool may_be_something_else(const std::string& tool, const std::string& path) {
    return (tool == "edit_nodes" && path.starts_with("operations[0].")) ||
           (tool == "set_keyframes" && path == "keys[0].value");
}

/// What is right, and of no use to the assets of this test: nobody counts their faces.
std::string refusal_of_minimum(const std::string& tool, const std::string& path) {
    return tool == "search_assets" && path == "max_faces" ? "local cannot search by max_faces" : "";
}

TEST_CASE("every number of every tool refuses what a 32-bit float cannot hold") {
    Talk talk;
    std::set<std::string> seen;
    for (const auto& tool : talk.bench.tools) {
        const auto whole = [](core::Json value) { return value; };
        each_number(
            spec_of(tool.name).input, "", whole,
            [&](const std::string& path, const core::Json& schema, const core::Json& minimum) {
                CAPTURE(tool.name, path);
                const auto arguments = completed(tool.name, path, minimum);
                seen.insert(tool.name + " " + path);
                // The arguments are right but for that number.
                const auto fine =
                    talk.call(tool.name, with(arguments, core::dump(minimal(schema))));
                CHECK(fine.substr(0, fine.find('\n')) == refusal_of_minimum(tool.name, path));
                talk.bench.blender.calls.clear();
                for (const auto* number : {"1e999", "-1e999", "1E+400"}) {
                    const auto text = talk.call(tool.name, with(arguments, number));
                    CHECK(text.starts_with(path + ": "));
                    CHECK_THAT(text, ContainsSubstring("must be finite, got "));
                }
                for (const auto* number : {"1e39", "-1e39", "1e308"}) {
                    const auto text = talk.call(tool.name, with(arguments, number));
                    CHECK(text.starts_with(path + ": "));
                    CHECK_THAT(text, ContainsSubstring("must fit a 32-bit float"));
                }
                if (may_be_something_else(tool.name, path)) return;
                for (const auto* value : {"null", "\"NaN\"", "\"1\"", "true", "[[]]", "{}"}) {
                    const auto text = talk.call(tool.name, with(arguments, value));
                    // A list may be right there, but not one of that length.
                    CHECK_THAT(text,
                               ContainsSubstring("must be ") || ContainsSubstring("must have "));
                }
                CHECK(talk.bench.blender.calls.empty());
            });
    }
    for (const auto* field :
         {"create_objects items[0].location[2]", "create_objects items[0].look_at[2]",
          "create_objects items[0].light.energy", "create_objects items[0].mesh.vertices[0][2]",
          "create_objects items[0].material.base_color[2]", "update_objects items[0].scale[2]",
          "set_material material.emission_strength", "set_material material.metallic",
          "render resolution[1]", "render timeout_s", "execute_blender_code timeout_s"})
        CHECK(seen.contains(field));
    CHECK(seen.size() > 40);
}

TEST_CASE("coordinates and channels are named from the text of a message on") {
    Talk talk;
    const auto create = [&](const std::string& members) {
        return talk.call("create_objects", R"({"items":[{"kind":"cube",)" + members + "}]}");
    };
    CHECK_THAT(create(R"("location":[0,1e999,0])"),
               ContainsSubstring("items[0].location[1]: Y coordinate must be finite, got inf"));
    CHECK_THAT(create(R"("look_at":[-1e999,0,0])"),
               ContainsSubstring("items[0].look_at[0]: X coordinate must be finite, got -inf"));
    CHECK_THAT(
        create(R"("material":{"base_color":[0,0,1e400,1]})"),
        ContainsSubstring("items[0].material.base_color[2]: Blue channel must be finite, got inf"));
    CHECK_THAT(create(R"("location":[0,"NaN",0])"),
               ContainsSubstring("items[0].location[1]: Y coordinate must be a number"));
    CHECK(talk.bench.blender.calls.empty());
}

TEST_CASE("refused numbers can be counted, one by one") {
    const auto parsed = core::parse_json(
        R"({"items":[{"location":[1e999,-1e999,0]},{"size":1e39,"name":"1e999"}]})",
        core::Overflow::infinity);
    REQUIRE(parsed.has_value());
    CHECK(guard::count_non_finite(*parsed) == 3);
}

}  // namespace
}  // namespace blender_mcpd::tools
