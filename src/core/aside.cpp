#include <blender_mcpd/core/aside.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace blender_mcpd::core::detail {

namespace asio = boost::asio;

namespace {

/// The helper thread of one io_context. Starts with the first large message, ends with the context:
/// before what its jobs belong to.
class Helper final : public asio::execution_context::service {
  public:
    using key_type = Helper;
    static inline asio::execution_context::id id;

    explicit Helper(asio::execution_context& context) : service(context) {}
    [[nodiscard]] asio::thread_pool::executor_type executor() { return thread_->get_executor(); }
    void finish() {
        thread_->stop();
        thread_->join();
    }

  private:
    void shutdown() override { thread_.reset(); }  // joins

    std::unique_ptr<asio::thread_pool> thread_ = std::make_unique<asio::thread_pool>(1);
};

asio::awaitable<void> perform(std::function<void()> work) {
    work();
    co_return;
}

Helper& helper_of(const asio::any_io_executor& loop) {
    return asio::use_service<Helper>(asio::query(loop, asio::execution::context));
}

}  // namespace

asio::awaitable<void> run_aside(std::function<void()> work) {
    auto& helper = helper_of(co_await asio::this_coro::executor);
    auto job = perform(std::move(work));
    co_await asio::co_spawn(helper.executor(), std::move(job), asio::use_awaitable);
}

}  // namespace blender_mcpd::core::detail

namespace blender_mcpd::core {

void discard(const boost::asio::any_io_executor& loop, std::string text) {
    if (text.size() < large_message) return;
    boost::asio::post(detail::helper_of(loop).executor(), [text = std::move(text)] {});
}

void finish_aside(boost::asio::io_context& loop) {
    if (boost::asio::has_service<detail::Helper>(loop))
        boost::asio::use_service<detail::Helper>(loop).finish();
}

}  // namespace blender_mcpd::core
