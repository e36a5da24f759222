package io.waybill.jobs.config;

import io.waybill.jobs.Connections;
import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.Parameter;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import io.waybill.scheduler.ConcurrencyLimit;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the jobs. */
final class JobReader {
  private final List<StepType<?>> kinds;
  private final Section.Readers readers;
  private final Problems problems;
  private final Connections connections;
  private final JobStartReader starts;
  private final LimitReader limits;
  private final ValueType.Group jobType;

  JobReader(
      List<StepType<?>> kinds,
      Connections connections,
      JobStartReader starts,
      LimitReader limits,
      Section.Readers readers) {
    this.connections = connections;
    this.starts = starts;
    this.limits = limits;
    this.kinds = kinds;
    this.readers = readers;
    problems = readers.problems();
    jobType = new ValueType.Group(JobKeys.job(kinds));
  }

  List<JobDefinition> read(Section top, Place place, ZoneId zone) {
    Optional<Section> defaultsSection = defaults(top, place);
    Policies policies =
        defaultsSection
            .map(section -> Policies.BUILT_IN.overlaidBy(section, problems))
            .orElse(Policies.BUILT_IN);
    Defaults defaults = new Defaults(policies, starts.defaults(defaultsSection));
    DefinitionHash hash = new DefinitionHash(zone, top.node("defaults"));
    List<JobDefinition> jobs = new ArrayList<>();
    for (YamlNode.Entry entry : Names.entries(top, "jobs", readers)) {
      boolean named = Names.check(entry, Names.JOB, "a job", problems);
      Optional<Section> section =
          Section.open(
              entry.value(),
              entry.key().origin(),
              jobType,
              LaterKeys.none(),
              entry.name(),
              place.in("job \"" + entry.name() + "\""),
              readers);
      section.flatMap(job -> job(entry, named, job, defaults, zone, hash)).ifPresent(jobs::add);
    }
    starts.finish(top, readers);
    return jobs;
  }

  /** What holds for jobs that say nothing else. */
  private record Defaults(Policies policies, NotifyReader.Rules rules) {}

  private Optional<Section> defaults(Section top, Place place) {
    return top.node("defaults")
        .flatMap(
            node ->
                Section.open(
                    node,
                    top.origin("defaults"),
                    new ValueType.Group(JobKeys.policies()),
                    LaterKeys.none(),
                    "defaults",
                    place.in("\"defaults\""),
                    readers));
  }

  private Optional<JobDefinition> job(
      YamlNode.Entry entry,
      boolean named,
      Section job,
      Defaults defaults,
      ZoneId zone,
      DefinitionHash hash) {
    Policies policies = defaults.policies().overlaidBy(job, problems);
    Optional<ZoneId> ownZone = job.text("timezone").flatMap(z -> Zones.read(z, job, problems));
    JobStartReader.Start start =
        starts.read(job, entry.name(), ownZone.orElse(zone), defaults.rules());
    List<Parameter> parameters = new ParameterReader(readers).read(job);
    Optional<Boolean> enabled = job.flag("enabled");
    Optional<String> description = job.text("description");
    Optional<List<String>> tags = job.texts("tags");
    Optional<ConcurrencyLimit> limit = limits.ofJob(job);
    Work work = work(job, policies);
    if (!named || problems.hasErrors()) {
      return Optional.empty();
    }
    JobDefinition.Builder builder =
        start
            .into(JobDefinition.builder(entry.name(), ownZone.orElse(zone)))
            .description(description.orElse(""))
            .tags(tags.orElse(List.of()))
            .enabled(enabled.orElse(true))
            .missed(policies.missed())
            .overlap(policies.overlap())
            .limit(limit.orElse(null))
            .timeout(policies.timeout())
            .retry(policies.retry().policy())
            .history(policies.history())
            .definitionHash(hash.of(entry.value()))
            .parameters(parameters)
            .position(entry.key().origin().position());
    work.steps().forEach(builder::steps);
    builder.each(work.each().orElse(null));
    return Optional.of(builder.build());
  }

  /** What a job does. */
  private record Work(Map<Hook, List<StepDefinition>> steps, Optional<EachDefinition> each) {}

  private Work work(Section job, Policies policies) {
    boolean doesNothing =
        List.of("steps", "each").stream().noneMatch(key -> job.has(key) || job.hasMisspelt(key));
    if (doesNothing) {
      problems.error(
          job.origin("steps"), "key \"steps\" is missing in " + job.place().description());
    }
    StepReader reader =
        new StepReader(kinds, readers, job, policies, connections, ParameterReader.kindsIn(job));
    Map<Hook, List<StepDefinition>> steps = new EnumMap<>(Hook.class);
    read(Hook.STEPS, job, reader, steps);
    Optional<EachDefinition> each = new EachReader(readers, reader).read(job);
    for (Hook hook : List.of(Hook.ON_SUCCESS, Hook.ON_FAILURE, Hook.ALWAYS)) {
      read(hook, job, reader, steps);
    }
    return new Work(steps, each);
  }

  private static void read(
      Hook hook, Section job, StepReader reader, Map<Hook, List<StepDefinition>> steps) {
    job.node(StepsPlace.key(hook))
        .ifPresent(node -> steps.put(hook, reader.read(node, StepsPlace.ofJob(hook))));
  }
}
