#include "fixtures.hpp"

namespace blender_mcpd::conformance {

namespace {

using Read = boost::asio::awaitable<mcp::ResourceAnswer>;

Read contents(mcp::ResourceContents one) {
    std::vector<mcp::ResourceContents> all;
    all.push_back(std::move(one));
    co_return all;
}

mcp::Resource resource(std::string uri, std::string name, std::string mime_type, std::string data,
                       bool binary) {
    mcp::Resource made;
    made.uri = uri;
    made.name = std::move(name);
    made.description = "A resource for testing.";
    made.mime_type = mime_type;
    made.read = [one = mcp::ResourceContents{uri, mime_type, std::move(data), binary}](
                    const mcp::CallContext&, const mcp::ResourceRequest&) { return contents(one); };
    return made;
}

}  // namespace

void add_resources(mcp::Registry& registry) {
    registry.add(resource("test://static-text", "static_text", "text/plain",
                          "This is the content of the static text resource.", false));
    registry.add(resource("test://static-binary", "static_binary", "image/png", tiny_png, true));
    registry.add(resource("test://watched-resource", "watched_resource", "text/plain",
                          "This resource can be subscribed to.", false));
    mcp::ResourceTemplate made;
    made.uri_template = "test://template/{id}/data";
    made.name = "template_data";
    made.description = "A template for testing.";
    made.mime_type = "application/json";
    made.read = [](const mcp::CallContext&, const mcp::ResourceRequest& request) {
        const core::Json data{{"id", request.variables.at("id")},
                              {"templateTest", true},
                              {"data", "Data for ID: " + request.variables.at("id")}};
        return contents({request.uri, "application/json", core::dump(data), false});
    };
    registry.add(std::move(made));
}

}  // namespace blender_mcpd::conformance
