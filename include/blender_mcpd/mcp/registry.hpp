// What a server offers: tools, resources and prompts. It may change while clients are connected;
// who wants to know observes it. Loop thread only.
#pragma once

#include <blender_mcpd/mcp/prompt.hpp>
#include <blender_mcpd/mcp/resource.hpp>
#include <blender_mcpd/mcp/tool.hpp>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blender_mcpd::mcp {

struct Change {
    enum class Kind {
        tools,  // these three: the list
        resources,
        prompts,
        resource,  // the contents of one
        subtree,   // the contents of any whose URI begins so
        task,      // the state of one
    };
    Kind kind = Kind::resource;
    std::string subject{};  // the URI or its beginning, the id of the task
};

/// Entries are shared: one that is removed lives on in the requests that use it. Lists keep the
/// order in which entries were added.
class Registry {
  public:
    /// Names and URIs are unique: one that exists is replaced. Each tells the observers.
    void add(Tool tool);
    void add(ToolMaker tool);
    void add(Resource resource);
    void add(ResourceTemplate resource_template);
    void add(Prompt prompt);
    /// False when there is none of that name or URI.
    bool remove_tool(std::string_view name);
    bool remove_resource(std::string_view uri);
    bool remove_prompt(std::string_view name);

    /// Whoever calls a tool of that name, which is not there, is told why.
    void explain_absence(std::string tool, std::string why);
    /// Empty when there is nothing to tell.
    [[nodiscard]] std::string_view absence(std::string_view tool) const;

    /// Tells the observers that a resource has other contents now. There need not be an entry: it
    /// may belong to a template.
    void updated(std::string uri);
    /// The same of every resource whose URI begins so: it is not known which.
    void updated_below(std::string uri);
    void task_changed(std::string id);

    template <typename T>
    using List = std::vector<std::shared_ptr<const T>>;
    [[nodiscard]] List<Tool> tools() const;
    /// Whether calls of any of them may run as tasks.
    [[nodiscard]] bool has_tasks() const;
    [[nodiscard]] const List<Resource>& resources() const { return resources_; }
    [[nodiscard]] const List<ResourceTemplate>& templates() const { return templates_; }
    [[nodiscard]] const List<Prompt>& prompts() const { return prompts_; }

    [[nodiscard]] std::shared_ptr<const Tool> tool(std::string_view name) const;
    [[nodiscard]] std::shared_ptr<const Prompt> prompt(std::string_view name) const;
    [[nodiscard]] std::shared_ptr<const ResourceTemplate> resource_template(
        std::string_view uri_template) const;

    /// What reads `uri`; the function is empty when nothing does. Resources go before templates.
    struct Reader {
        ResourceReader read;
        ResourceRequest request;
    };
    [[nodiscard]] Reader reader(std::string_view uri) const;

    using Observer = std::function<void(const Change&)>;
    /// Ends the observation when destroyed. May outlive the registry.
    class Observation {
      public:
        Observation() = default;
        Observation(Observation&& other) noexcept { swap(other); }
        Observation& operator=(Observation&& other) noexcept {
            swap(other);
            return *this;
        }
        ~Observation();

      private:
        friend class Registry;
        void swap(Observation& other) noexcept {
            std::swap(observers_, other.observers_);
            std::swap(position_, other.position_);
        }
        std::weak_ptr<std::list<Observer>> observers_;
        std::list<Observer>::iterator position_{};
    };
    /// The observer must not add or remove observers.
    [[nodiscard]] Observation observe(Observer observer);

  private:
    struct ToolEntry {
        ToolMaker maker;
        std::shared_ptr<const Tool> tool;  // null: nobody has asked for it yet
    };
    static const std::shared_ptr<const Tool>& made(ToolEntry& entry);
    void put(ToolEntry entry);
    void tell(const Change& change);

    mutable std::vector<ToolEntry> tools_;
    List<Resource> resources_;
    List<ResourceTemplate> templates_;
    List<Prompt> prompts_;
    std::map<std::string, std::string, std::less<>> absent_tools_;
    std::shared_ptr<std::list<Observer>> observers_ = std::make_shared<std::list<Observer>>();
};

}  // namespace blender_mcpd::mcp
