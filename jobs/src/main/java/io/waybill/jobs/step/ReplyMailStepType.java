package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType.Scalar;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code mail.reply}: answers messages, never those of programs. */
final class ReplyMailStepType implements StepType<AnswerMailStep> {

  @Override
  public String name() {
    return "mail.reply";
  }

  @Override
  public String doc() {
    return "Answers messages within their threads, from the null sender, at most once each over all"
        + " runs; never what programs and lists wrote.";
  }

  @Override
  public List<Key> keys() {
    return AnswerKeys.with(
        Key.optional(
            "reply-all",
            Scalar.BOOLEAN,
            "false",
            "Whether the answer also goes to all others who have the message."),
        Key.optional("quote", Scalar.BOOLEAN, "false", "Whether the message's text stands below."),
        Key.optional(
            "envelope-from",
            Scalar.ADDRESS,
            "Where bounces go; an answer goes out from the null sender if not given, and needs an"
                + " address at a server that refuses that."));
  }

  @Override
  public Map<String, String> outputs() {
    return AnswerKeys.outputs();
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return AnswerKeys.outputKinds();
  }

  @Override
  public Map<String, String> contradictions(Set<String> given) {
    return AnswerKeys.withBody(given);
  }

  @Override
  public AnswerMailStep bind(Arguments arguments, Connections connections) {
    return AnswerKeys.bind(
        arguments,
        connections,
        () -> new AnswerMailStep.Kind.Reply(arguments.flag("reply-all"), arguments.flag("quote")),
        List::of);
  }

  @Override
  public List<ArgumentMistake> doubts(Arguments arguments) {
    return SuppliedFiles.ofMessage(arguments);
  }

  @Override
  public StepHandler<AnswerMailStep> handler(StepServices services) {
    return new AnswerMailHandler(services);
  }
}
