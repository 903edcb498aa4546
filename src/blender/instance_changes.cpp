#include "instance_impl.hpp"

#include <utility>

namespace blender_mcpd::blender {

ChangeSubscription Instance::on_change(ChangeHandler handler) {
    return impl_->changes.subscribe(std::move(handler));
}

void Instance::Impl::on_demand_for_changes() {
    const auto told = peer();
    if (!told || closing.token().cancelled()) return;
    if (changes.wanted())
        listen_to(*told, running ? running->last_generation : std::nullopt);
    else
        told->stop_listening();
}

void Instance::Impl::listen_to(Peer& blender, std::optional<std::uint64_t> known) {
    blender.listen(known, [instance = weak_from_this()](const SceneChange& change) {
        if (const auto self = instance.lock()) self->changes.publish(change);
    });
}

}  // namespace blender_mcpd::blender
