#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/registry.hpp>

#include <algorithm>
#include <utility>

namespace blender_mcpd::mcp {

namespace {

const std::string& key(const Prompt& prompt) {
    return prompt.name;
}
const std::string& key(const Resource& resource) {
    return resource.uri;
}
const std::string& key(const ResourceTemplate& resource_template) {
    return resource_template.uri_template;
}

template <typename List>
auto find(List& list, std::string_view name) {
    return std::find_if(list.begin(), list.end(),
                        [&](const auto& entry) { return key(*entry) == name; });
}

template <typename Entries>
auto find_tool(Entries& entries, std::string_view name) {
    return std::find_if(entries.begin(), entries.end(),
                        [&](const auto& entry) { return entry.maker.name == name; });
}

template <typename T>
void put(Registry::List<T>& list, T entry) {
    auto shared = std::make_shared<const T>(std::move(entry));
    const auto found = find(list, key(*shared));
    if (found == list.end())
        list.push_back(std::move(shared));
    else
        *found = std::move(shared);
}

template <typename T>
bool take(Registry::List<T>& list, std::string_view name) {
    const auto found = find(list, name);
    if (found == list.end()) return false;
    list.erase(found);
    return true;
}

template <typename T>
std::shared_ptr<const T> get(const Registry::List<T>& list, std::string_view name) {
    const auto found = find(list, name);
    return found == list.end() ? nullptr : *found;
}

}  // namespace

void Registry::add(Tool tool) {
    auto made = std::make_shared<const Tool>(std::move(tool));
    put({{made->name, made->task_support}, made});
}

void Registry::add(ToolMaker tool) {
    put({std::move(tool), nullptr});
}

void Registry::put(ToolEntry entry) {
    const auto found = find_tool(tools_, entry.maker.name);
    if (found == tools_.end())
        tools_.push_back(std::move(entry));
    else
        *found = std::move(entry);
    tell({Change::Kind::tools});
}

const std::shared_ptr<const Tool>& Registry::made(ToolEntry& entry) {
    if (!entry.tool) entry.tool = std::make_shared<const Tool>(entry.maker.make());
    return entry.tool;
}

Registry::List<Tool> Registry::tools() const {
    List<Tool> all;
    for (auto& entry : tools_)
        all.push_back(made(entry));
    return all;
}

bool Registry::has_tasks() const {
    return std::any_of(tools_.begin(), tools_.end(), [](const ToolEntry& entry) {
        return entry.maker.task_support != TaskSupport::forbidden;
    });
}

void Registry::add(Resource resource) {
    mcp::put(resources_, std::move(resource));
    tell({Change::Kind::resources});
}

void Registry::add(ResourceTemplate resource_template) {
    mcp::put(templates_, std::move(resource_template));
    tell({Change::Kind::resources});
}

void Registry::add(Prompt prompt) {
    mcp::put(prompts_, std::move(prompt));
    tell({Change::Kind::prompts});
}

void Registry::explain_absence(std::string tool, std::string why) {
    absent_tools_.insert_or_assign(std::move(tool), std::move(why));
}

std::string_view Registry::absence(std::string_view tool) const {
    const auto found = absent_tools_.find(tool);
    return found == absent_tools_.end() ? std::string_view() : found->second;
}

bool Registry::remove_tool(std::string_view name) {
    const auto found = find_tool(tools_, name);
    if (found == tools_.end()) return false;
    tools_.erase(found);
    tell({Change::Kind::tools});
    return true;
}

bool Registry::remove_resource(std::string_view uri) {
    const bool removed = take(resources_, uri);
    if (removed) tell({Change::Kind::resources});
    return removed;
}

bool Registry::remove_prompt(std::string_view name) {
    const bool removed = take(prompts_, name);
    if (removed) tell({Change::Kind::prompts});
    return removed;
}

void Registry::updated(std::string uri) {
    tell({Change::Kind::resource, std::move(uri)});
}

void Registry::updated_below(std::string uri) {
    tell({Change::Kind::subtree, std::move(uri)});
}

void Registry::task_changed(std::string id) {
    tell({Change::Kind::task, std::move(id)});
}

std::shared_ptr<const Tool> Registry::tool(std::string_view name) const {
    const auto found = find_tool(tools_, name);
    return found == tools_.end() ? nullptr : made(*found);
}

std::shared_ptr<const Prompt> Registry::prompt(std::string_view name) const {
    return get(prompts_, name);
}

std::shared_ptr<const ResourceTemplate> Registry::resource_template(
    std::string_view uri_template) const {
    return get(templates_, uri_template);
}

Registry::Reader Registry::reader(std::string_view uri) const {
    if (const auto resource = get(resources_, uri)) return {resource->read, {resource->uri, {}}};
    for (const auto& candidate : templates_)
        if (auto variables = match_template(candidate->uri_template, uri))
            return {candidate->read, {std::string(uri), std::move(*variables)}};
    return {};
}

Registry::Observation::~Observation() {
    if (const auto observers = observers_.lock()) observers->erase(position_);
}

Registry::Observation Registry::observe(Observer observer) {
    Observation observation;
    observation.observers_ = observers_;
    observation.position_ = observers_->insert(observers_->end(), std::move(observer));
    return observation;
}

void Registry::tell(const Change& change) {
    for (const auto& observer : *observers_)
        observer(change);
}

RpcError resource_not_found(std::string_view uri) {
    return {RpcCode::resource_not_found, "Resource not found",
            R"({"uri":)" + core::quoted(uri) + "}"};
}

}  // namespace blender_mcpd::mcp
