// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/dispatch.hpp"

#include <memory>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"

namespace quasimodem::app::control {
namespace {

struct Request {
  Json id;
  const Method* method = nullptr;
  Json params;
};

tl::expected<Request, std::pair<Json, Failure>> read_request(std::string_view line) {
  auto json = parse_json(line);
  const auto refuse = [](Json id, ErrorCode code, std::string message) {
    return tl::unexpected{std::pair{std::move(id), Failure{code, std::move(message)}}};
  };
  if (!json) return refuse(nullptr, ErrorCode::not_json, fmt::format("not JSON: {}", json.error()));
  const auto* object = json->if_object();
  constexpr auto kForm = "a request is {\"id\":1,\"method\":\"…\",\"params\":{…}}";
  if (!object) return refuse(nullptr, ErrorCode::not_a_request, kForm);
  Request request;
  if (const auto* id = object->if_contains("id")) request.id = *id;
  for (const auto& each : *object) {
    const std::string name = each.key();
    if (name == "params") {
      request.params = each.value();
    } else if (name != "id" && name != "method" && name != "jsonrpc") {
      return refuse(request.id, ErrorCode::not_a_request,
                    fmt::format("\"{}\" is no part of a request{}; {}", name,
                                did_you_mean(name, {"id", "method", "params"}), kForm));
    }
  }
  const auto name = member_text(*json, "method");
  if (!name) return refuse(request.id, ErrorCode::not_a_request, kForm);
  request.method = find_method(*name);
  if (!request.method) {
    auto failure = unknown_method(*name);
    return tl::unexpected{std::pair{request.id, std::move(failure)}};
  }
  return request;
}

Json result_line(const Json& id, Json result) { return JsonObject{{"id", id}, {"result", std::move(result)}}; }

Json line_of(const Json& id, const tl::expected<Json, Failure>& result) {
  return result ? result_line(id, *result) : failure_line(id, result.error());
}

}  // namespace

Json failure_line(const Json& id, const Failure& failure) {
  return JsonObject{{"id", id},
                    {"error", JsonObject{{"code", static_cast<int>(failure.code)}, {"message", failure.message}}}};
}

/// A snapshot is not written down once more: there are passwords in it.
Json without_json(const Method& method, Json params) {
  auto* object = params.if_object();
  for (const auto& param : method.params) {
    auto* value = object && param.type == ParamType::json ? object->if_contains(param.name) : nullptr;
    if (value) *value = "…";
  }
  return params;
}

void note_request(Target& target, const Method& method, const Json& params) {
  constexpr std::size_t kLongest = 300;
  if (method.effect == Effect::none) return;
  auto text = params.is_null() ? std::string{} : to_text(without_json(method, params));
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
  Journal{target.journal()}.write(RecordKind::ctl, {{"method", method.name}, {"params", text}});
}

Dispatched dispatch(std::string_view line, Target& target, Subscriber& client,
                    const std::function<void(const Json&)>& reply, const std::function<void()>& answered_later) {
  const auto request = read_request(line);
  if (!request) {
    reply(failure_line(request.error().first, request.error().second));
    return Dispatched::answered;
  }
  const auto& method = *request->method;
  const auto arguments = read_arguments(method, request->params);
  if (!arguments) {
    reply(failure_line(request->id, arguments.error()));
    return Dispatched::answered;
  }
  note_request(target, method, request->params);

  const auto waits = std::make_shared<bool>(false);
  const Answer answer{[id = request->id, reply, answered_later, waits](const tl::expected<Json, Failure>& result) {
    if (*waits) answered_later();
    reply(line_of(id, result));
  }};
  Call call{target, *arguments, client, answer};
  auto outcome = method.run(call);
  if (std::holds_alternative<Later>(outcome) && answer.open()) {
    client.awaits(answer);
    *waits = answer.open();
    return *waits ? Dispatched::waits : Dispatched::answered;
  }
  if (auto* result = std::get_if<Json>(&outcome)) answer(std::move(*result));
  if (auto* failure = std::get_if<Failure>(&outcome)) answer(tl::unexpected{std::move(*failure)});
  return Dispatched::answered;
}

}  // namespace quasimodem::app::control
