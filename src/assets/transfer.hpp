// One HTTP request at a time each, many beside each other, in one thread of their own: what libcurl
// does for us.
#pragma once

#include "curl_library.hpp"
#include "site.hpp"

#include <blender_mcpd/core/error.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace blender_mcpd::assets {

struct ResponseHead {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case; the last of a name

    [[nodiscard]] std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
    }
};

/// Takes the body of an answer. Called in the transfer thread, except headers() and start_over():
/// on the loop, between requests.
class Receiver {
  public:
    virtual ~Receiver() = default;
    /// Whether it wants the body of such an answer. What servers say about errors is mostly for
    /// people with a browser. Any thread.
    [[nodiscard]] virtual bool takes(int status) const { return status == 200 || status == 206; }
    /// "Name: value", for the next request.
    [[nodiscard]] virtual std::vector<std::string> headers() const { return {}; }
    /// False when what it has may not be asked to go on from anyhow.
    virtual bool start_over() { return false; }
    /// What is wrong with the answer; nullopt: nothing, its body is to come.
    virtual std::optional<core::Error> begin(const ResponseHead& head) = 0;
    virtual std::optional<core::Error> write(std::string_view bytes) = 0;
};

enum class Method {
    get,
    post,
    put,  // without a body
};

/// A field of multipart/form-data (RFC 7578).
struct FormField {
    std::string name;
    std::string value;
    std::string file_name{};  // empty: it is no file
    std::string type{};       // its media type; empty: text
};

/// What a request says, besides its URL.
struct Content {
    Method method = Method::get;
    std::string json{};             // the body, unless there is a form
    std::vector<FormField> form{};  // not empty: the body
};

struct TransferRequest {
    std::string url;
    Reach reach = Reach::internet;
    std::vector<std::string> headers;
    std::string user_agent;
    std::shared_ptr<const Content> content{};  // null: a plain GET
    /// No bytes of it leave twice: a connection that is kept from before may be dead, and libcurl
    /// would send them again on another one.
    bool once = false;
};

/// How a transfer ended.
struct TransferEnd {
    ResponseHead head;                 // status 0: there was no answer
    std::optional<core::Error> error;  // the body did not come, or not whole
    bool temporary = false;            // the error is one of the network's: may be gone soon
    bool connected = false;            // the server may have seen the request
};

enum class TransferStep { connected, sent, received };

class Transfers;
struct TransferJob;

/// A transfer that runs. Loop thread.
class Transfer {
  public:
    /// Asks for its end, which is told as always, soon.
    void cancel();

  private:
    friend class Transfers;
    Transfer(Transfers& owner, std::shared_ptr<TransferJob> job)
        : owner_(owner), job_(std::move(job)) {}
    Transfers& owner_;
    std::shared_ptr<TransferJob> job_;
};

/// The thread starts with the first transfer.
class Transfers {
  public:
    /// Steps and ends are told in `loop`.
    explicit Transfers(boost::asio::any_io_executor loop) : loop_(std::move(loop)) {}
    /// Ends the thread; of transfers that still run nothing more is heard.
    ~Transfers();
    Transfers(const Transfers&) = delete;
    Transfers& operator=(const Transfers&) = delete;

    /// Error: unavailable, without libcurl. Redirects are not followed: they are ends like others.
    [[nodiscard]] core::Result<Transfer> start(TransferRequest request,
                                               std::shared_ptr<Receiver> receiver,
                                               std::function<void(TransferStep)> on_step,
                                               std::function<void(TransferEnd)> on_end);

  private:
    friend class Transfer;
    void run();
    void take_new();
    void drop_cancelled();
    void finish_done();
    void end(TransferJob& job, int code);
    void release(TransferJob& job);

    boost::asio::any_io_executor loop_;
    const CurlLibrary* curl_ = nullptr;
    CURLM* multi_ = nullptr;
    std::thread thread_;
    std::atomic<bool> stopping_ = false;
    std::mutex mutex_;
    std::vector<std::shared_ptr<TransferJob>> new_jobs_;  // behind the mutex
    std::vector<std::shared_ptr<TransferJob>> jobs_;      // of the thread
};

}  // namespace blender_mcpd::assets
