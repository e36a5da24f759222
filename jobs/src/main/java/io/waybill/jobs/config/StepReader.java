package io.waybill.jobs.config;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepType;
import io.waybill.jobs.Template;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.expression.ArgumentRenderer;
import io.waybill.jobs.expression.Filters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the steps of one job, hook after hook: a step may refer to the outputs of those that were
 * read before it.
 */
final class StepReader {
  private static final Set<ValueKind.Form> DECIDING =
      Set.of(ValueKind.Form.FLAG, ValueKind.Form.TEXT, ValueKind.Form.UNKNOWN);

  private final List<StepType<?>> kinds;
  private final Section.Readers readers;
  private final Problems problems;
  private final Section job;
  private final Policies policies;
  private final Connections connections;
  private final Map<String, ValueKind> parameters;
  private final StepIds ids;
  private final ValueType.Group stepType;
  private final Map<String, Object> outputs = new LinkedHashMap<>();
  private final Map<String, Object> outputsOfItems = new LinkedHashMap<>();

  StepReader(
      List<StepType<?>> kinds,
      Section.Readers readers,
      Section job,
      Policies policies,
      Connections connections,
      Map<String, ValueKind> parameters) {
    this.kinds = kinds;
    this.readers = readers;
    this.job = job;
    this.policies = policies;
    this.connections = connections;
    this.parameters = parameters;
    problems = readers.problems();
    stepType = JobKeys.stepGroup(kinds);
    ids = new StepIds(job, problems);
  }

  List<StepDefinition> read(YamlNode node, StepsPlace where) {
    List<YamlNode> nodes = StepIds.elements(node);
    if (nodes.isEmpty()) {
      problems.error(
          node.origin(),
          "\"%s\" of %s%s has no steps"
              .formatted(
                  StepsPlace.key(where.hook()),
                  where.item().isPresent() ? "\"each\" of " : "",
                  job.place().description()));
    }
    Map<String, Object> visible = visible(where);
    List<StepDefinition> steps = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      step(nodes.get(i), where, where.nameOf(i + 1), visible).ifPresent(steps::add);
    }
    return steps;
  }

  // A hook sees what the steps left behind, and what its own earlier steps did; not the other
  // hooks. What is done for each item sees what the job's steps left behind, too.
  private Map<String, Object> visible(StepsPlace where) {
    if (where.item().isEmpty()) {
      return where.hook() == Hook.STEPS ? outputs : new LinkedHashMap<>(outputs);
    }
    outputs.forEach(outputsOfItems::putIfAbsent);
    return where.hook() == Hook.STEPS ? outputsOfItems : new LinkedHashMap<>(outputsOfItems);
  }

  /** Returns what expressions know behind the steps that were read so far. */
  KnownNames names(StepsPlace where) {
    return names(where, visible(where));
  }

  private KnownNames names(StepsPlace where, Map<String, Object> visible) {
    KnownNames names =
        ExpressionRoots.inSteps(job.place().names(), where.hook(), parameters, job)
            .withTree("steps", visible)
            .withStepsToCome(ids.writtenExcept(visible.keySet()));
    if (where.item().isPresent()) {
      return names.withItem(where.item().get());
    }
    KnownNames outside = names.withStepsOfItems(ids.ofItems());
    return where.hook() != Hook.STEPS && job.has("each")
        ? ExpressionRoots.afterEach(outside)
        : outside;
  }

  private Optional<StepDefinition> step(
      YamlNode node, StepsPlace where, String number, Map<String, Object> visible) {
    Optional<Section> section =
        Section.open(
            node,
            node.origin(),
            stepType,
            LaterKeys.none(),
            number,
            job.place().in(number + " of " + job.place().description()),
            readers);
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Optional<StepType<?>> kind = kind(node, section.get());
    Optional<String> writtenId = section.get().text("id");
    KnownNames names = names(where, visible);
    Optional<StepDefinition.Policy> policy = policy(section.get(), names);
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> id = ids.idOf(kind.get().name(), where, section.get());
    Optional<Written> written = written(kind.get(), section.get(), names);
    Map<String, String> left =
        written
            .filter(Written::isRight)
            .map(all -> kind.get().outputs(all.arguments()))
            .orElseGet(() -> kind.get().outputs());
    writtenId.ifPresent(name -> visible.put(name, leaves(left.keySet(), kind.get())));
    if (written.isEmpty()) {
      return Optional.empty();
    }
    StepDefinition step =
        new StepDefinition(
            id.orElse(kind.get().name()),
            kind.get(),
            written.get().arguments(),
            policy.orElse(StepDefinition.Policy.OF_THE_JOB),
            firstKey(node).orElse(node.origin()).position());
    Optional<Arguments> known = bound(step, written.get().unknown(), section.get());
    if (known.isEmpty() || !written.get().isRight() || id.isEmpty() || policy.isEmpty()) {
      return Optional.empty();
    }
    for (ArgumentMistake each : doubts(kind.get(), known.get())) {
      problems.warning(section.get().originBelow(kind.get().name(), each.path()), each.message());
    }
    return Optional.of(step);
  }

  private Optional<StepType<?>> kind(YamlNode node, Section section) {
    List<StepType<?>> given = new ArrayList<>();
    for (StepType<?> kind : kinds) {
      if (section.has(kind.name())) {
        given.add(kind);
      }
    }
    if (given.size() == 1) {
      return Optional.of(given.get(0));
    }
    if (given.isEmpty()) {
      boolean misspelt =
          node instanceof YamlNode.Mapping mapping
              && mapping.entries().stream().anyMatch(entry -> isForeign(entry.name()));
      if (!misspelt) {
        problems.error(
            node.origin(),
            section.place().description() + " does nothing; it needs one of: " + kindNames());
      }
      return Optional.empty();
    }
    problems.error(
        section.origin(given.get(1).name()),
        "\""
            + given.get(1).name()
            + "\" stands beside \""
            + given.get(0).name()
            + "\" in "
            + section.place().description()
            + "; a step does one thing, begin another with \"- \"");
    return Optional.empty();
  }

  private boolean isForeign(String key) {
    return stepType.keys().stream().noneMatch(known -> known.name().equals(key));
  }

  private String kindNames() {
    return String.join(", ", kinds.stream().map(StepType::name).toList());
  }

  private Optional<StepDefinition.Policy> policy(Section section, KnownNames names) {
    Optional<Duration> timeout = Policies.timeoutIn(section, problems);
    Optional<Policies.Retry> retry = policies.retryIn(section, problems);
    Optional<Template> condition = condition(section, names);
    boolean right =
        section.has("timeout") == timeout.isPresent() && section.has("retry") == retry.isPresent();
    return right && !problems.hasErrors()
        ? Optional.of(
            new StepDefinition.Policy(retry.map(Policies.Retry::policy), timeout, condition))
        : Optional.of(StepDefinition.Policy.OF_THE_JOB);
  }

  private Optional<Template> condition(Section section, KnownNames names) {
    Optional<YamlNode> node = section.node("if");
    Place place = section.place().deferred(names);
    Optional<Object> value =
        node.flatMap(
            given ->
                readers.values().read(given, Scalar.BOOLEAN, Key.Presence.OPTIONAL, "if", place));
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (!(value.get() instanceof Template template)) {
      String word = String.valueOf(value.get());
      return Optional.of(
          new Template(
              word, List.of(new Template.Literal(word)), section.valueOrigin("if").position()));
    }
    ValueKind.Form form = ExpressionKinds.of(template, names).form();
    if (!DECIDING.contains(form)) {
      problems.error(
          section.valueOrigin("if"),
          "\"if\" is "
              + form.words()
              + ", and must be true or false; see the filters eq, gt, lt, empty, matches and not");
    }
    return Optional.of(template);
  }

  /**
   * What the file says about what a step does.
   *
   * @param arguments those that could be read
   * @param unknown keys that could not, or that belong to what was told already
   * @param isRight whether that is all of it
   */
  private record Written(Map<String, Object> arguments, Set<String> unknown, boolean isRight) {}

  private Optional<Written> written(StepType<?> kind, Section section, KnownNames names) {
    Place place =
        job.place()
            .in("\"" + kind.name() + "\" in " + section.place().description())
            .deferred(names);
    return section
        .node(kind.name())
        .flatMap(
            node -> readers.values().mapping(node, new ValueType.Group(kind.keys()), kind.name()))
        .map(
            mapping -> {
              Set<String> unknown = contradicting(kind, mapping);
              boolean fitTogether = unknown.isEmpty();
              ValueReader.ReadMapping read =
                  readers
                      .values()
                      .readable(
                          mapping,
                          section.origin(kind.name()),
                          kind.keys(),
                          LaterKeys.none(),
                          place);
              unknown.addAll(read.unknown());
              return new Written(read.values(), unknown, fitTogether && read.isRight());
            });
  }

  private Set<String> contradicting(StepType<?> kind, YamlNode.Mapping mapping) {
    Set<String> given =
        mapping.entries().stream()
            .map(YamlNode.Entry::name)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    Map<String, String> contradictions = kind.contradictions(given);
    for (YamlNode.Entry entry : mapping.entries()) {
      String why = contradictions.get(entry.name());
      if (why != null) {
        problems.error(entry.key().origin(), why);
      }
    }
    return new HashSet<>(contradictions.keySet());
  }

  /**
   * Looks at what depends on no expression, so that what cannot be used is found at load.
   *
   * @return what is known before the run; empty if something is wrong
   */
  private Optional<Arguments> bound(StepDefinition step, Set<String> unknown, Section section) {
    String kind = step.type().name();
    try {
      Arguments arguments = new ArgumentRenderer(Filters.standard()).renderKnown(step, unknown);
      bindKnown(step.type(), arguments);
      return Optional.of(arguments);
    } catch (JobException.Configuration e) {
      for (ArgumentMistake each : e.mistakes()) {
        problems.error(section.originBelow(kind, each.path()), each.message());
      }
      return Optional.empty();
    } catch (RuntimeException e) {
      // Each kind of step has its own way to refuse: an address that is none is a MailException.
      problems.error(section.origin(kind), String.valueOf(e.getMessage()));
      return Optional.empty();
    } catch (LinkageError e) {
      // a kind that a jar brings may lack another jar
      problems.error(
          section.origin(kind),
          "\"%s\" cannot be used, as a class that it needs is missing or does not fit: %s"
              .formatted(kind, e));
      return Optional.empty();
    }
  }

  private void bindKnown(StepType<?> type, Arguments arguments) {
    try {
      type.bind(arguments, connections);
    } catch (Arguments.Unknown e) {
      // the run tells the rest
    } catch (JobException.NotFound e) {
      // a file that is not there yet may be when the job runs
    }
  }

  private static List<ArgumentMistake> doubts(StepType<?> type, Arguments arguments) {
    try {
      return type.doubts(arguments);
    } catch (Arguments.Unknown e) {
      return List.of(); // only the run could tell
    }
  }

  private static Map<String, Object> leaves(Collection<String> names, StepType<?> kind) {
    Map<String, Object> leaves = new LinkedHashMap<>();
    names.forEach(
        name -> leaves.put(name, kind.outputKinds().getOrDefault(name, ValueKind.UNKNOWN)));
    return leaves;
  }

  private static Optional<Origin> firstKey(YamlNode node) {
    return node instanceof YamlNode.Mapping mapping && !mapping.entries().isEmpty()
        ? Optional.of(mapping.entries().get(0).key().origin())
        : Optional.empty();
  }
}
