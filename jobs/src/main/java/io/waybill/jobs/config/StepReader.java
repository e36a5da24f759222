package io.waybill.jobs.config;

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
import io.waybill.jobs.expression.Scope;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
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
    Optional<Map<String, Object>> arguments = arguments(kind.get(), section.get(), names);
    Map<String, String> left =
        arguments.map(kind.get()::outputs).orElseGet(() -> kind.get().outputs());
    writtenId.ifPresent(name -> visible.put(name, leaves(left.keySet(), kind.get())));
    if (id.isEmpty() || policy.isEmpty() || arguments.isEmpty()) {
      return Optional.empty();
    }
    StepDefinition step =
        new StepDefinition(
            id.get(),
            kind.get(),
            arguments.get(),
            policy.get(),
            firstKey(node).orElse(node.origin()).position());
    return bindsIfConstant(step, section.get().origin(kind.get().name()))
        ? Optional.of(step)
        : Optional.empty();
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

  private Optional<Map<String, Object>> arguments(
      StepType<?> kind, Section section, KnownNames names) {
    Place place =
        job.place()
            .in("\"" + kind.name() + "\" in " + section.place().description())
            .deferred(names);
    ValueType.Group type = new ValueType.Group(kind.keys());
    return section
        .node(kind.name())
        .flatMap(node -> readers.values().mapping(node, type, kind.name()))
        .flatMap(
            mapping -> {
              boolean fitTogether = fitTogether(kind, mapping);
              return readers
                  .values()
                  .group(mapping, section.origin(kind.name()), kind.keys(), LaterKeys.none(), place)
                  .filter(values -> fitTogether);
            });
  }

  private boolean fitTogether(StepType<?> kind, YamlNode.Mapping mapping) {
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
    return contradictions.isEmpty();
  }

  // What depends on no expression can be put together now, so that values which do not go together
  // are found at load.
  private boolean bindsIfConstant(StepDefinition step, Origin where) {
    boolean constant =
        step.type().keys().stream()
            .noneMatch(key -> isDynamic(key) || !isKnown(key, step.arguments()));
    if (!constant) {
      return true;
    }
    try {
      Arguments arguments =
          new ArgumentRenderer(Filters.standard()).render(step, Scope.of(ZoneOffset.UTC, Map.of()));
      step.type().bind(arguments, connections);
      return true;
    } catch (JobException.NotFound e) {
      // A file that is not there yet may be when the job runs.
      return true;
    } catch (RuntimeException e) {
      // Each kind of step has its own way to refuse: an address that is none is a MailException.
      problems.error(where, String.valueOf(e.getMessage()));
      return false;
    } catch (LinkageError e) {
      // a kind that a jar brings may lack another jar
      problems.error(
          where,
          "\"%s\" cannot be used, as a class that it needs is missing or does not fit: %s"
              .formatted(step.type().name(), e));
      return false;
    }
  }

  private static boolean isDynamic(Key key) {
    boolean own = key.fallback().filter(words -> words.contains("${")).isPresent();
    return own
        || (key.type() instanceof ValueType.Group group
            && group.keys().stream().anyMatch(StepReader::isDynamic));
  }

  // what is rendered for each item is not needed to put the step together
  private static boolean isKnown(Key key, Map<String, Object> arguments) {
    Object value = arguments.get(key.name());
    return value == null || key.type() instanceof ValueType.PerItem || isConstant(value);
  }

  private static boolean isConstant(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.values().stream().allMatch(StepReader::isConstant);
    }
    if (value instanceof List<?> list) {
      return list.stream().allMatch(StepReader::isConstant);
    }
    return !(value instanceof Template);
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
