package io.waybill.jobs.config;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.Template;
import io.waybill.jobs.ValueKind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a job does for each item of a list. */
final class EachReader {
  private static final List<Hook> HOOKS = List.of(Hook.STEPS, Hook.ON_SUCCESS, Hook.ON_FAILURE);

  private final Section.Readers readers;
  private final Problems problems;
  private final StepReader steps;

  EachReader(Section.Readers readers, StepReader steps) {
    this.readers = readers;
    this.steps = steps;
    problems = readers.problems();
  }

  /** Reads it; empty if the job has none, or it is wrong. */
  Optional<EachDefinition> read(Section job) {
    return job.section("each", LaterKeys.none()).flatMap(each -> each(job, each));
  }

  private Optional<EachDefinition> each(Section job, Section each) {
    Place place = each.place().deferred(steps.names(StepsPlace.ofJob(Hook.STEPS)));
    Optional<List<?>> in =
        each.node("in")
            .flatMap(
                node ->
                    readers
                        .values()
                        .read(node, JobKeys.EACH_IN, Key.Presence.REQUIRED, "in", place))
            .map(List.class::cast);
    ValueKind list = in.map(texts -> kind(texts, place.names())).orElse(ValueKind.LIST);
    Optional<Long> concurrency = concurrency(each);
    boolean areTexts =
        in.filter(texts -> texts.stream().allMatch(String.class::isInstance)).isPresent();
    Optional<ValueKind> item = Optional.of(areTexts ? ValueKind.TEXT : list.element());
    Map<Hook, List<StepDefinition>> read = new EnumMap<>(Hook.class);
    for (Hook hook : HOOKS) {
      each.node(StepsPlace.key(hook))
          .ifPresent(node -> read.put(hook, steps.read(node, new StepsPlace(hook, item))));
    }
    if (in.filter(List::isEmpty).isPresent()) {
      problems.error(each.valueOrigin("in"), "\"in\" is an empty list: nothing would ever be done");
    }
    if (!isList(list, each) || problems.hasErrors()) {
      return Optional.empty();
    }
    return Optional.of(
        new EachDefinition(
            List.copyOf(in.orElseThrow()),
            Math.toIntExact(concurrency.orElseThrow()),
            read,
            job.origin("each").position()));
  }

  private Optional<Long> concurrency(Section each) {
    Optional<Long> concurrency = each.integer("concurrency");
    if (concurrency.filter(n -> n < 1 || n > EachDefinition.MOST_AT_ONCE).isPresent()) {
      problems.error(
          each.valueOrigin("concurrency"),
          "\"concurrency\" is from 1 to %d, not %d"
              .formatted(EachDefinition.MOST_AT_ONCE, concurrency.get()));
      return Optional.empty();
    }
    return concurrency;
  }

  // one expression is the whole list; what else is written are its elements
  private static ValueKind kind(List<?> in, KnownNames names) {
    return in.size() == 1
            && in.get(0) instanceof Template template
            && ExpressionKinds.single(template).isPresent()
        ? ExpressionKinds.of(template, names)
        : ValueKind.LIST;
  }

  private boolean isList(ValueKind kind, Section each) {
    boolean right = kind.form() == ValueKind.Form.LIST || kind.form() == ValueKind.Form.UNKNOWN;
    if (!right) {
      problems.error(
          each.valueOrigin("in"), "\"in\" is " + kind.form().words() + ", and must be a list");
    }
    return right;
  }
}
