package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.UnknownZone;
import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.time.CronExpression;
import io.waybill.scheduler.time.Outlook;
import io.waybill.scheduler.time.Timetable;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code waybill cron "EXPR"}: what an expression means, and when it is due. */
@Command(
    name = "cron",
    description =
        "Says in words when a cron expression is due, then its next moments with the clock changes among them, and what about it is easily misread.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CronCommand extends Verb {
  private static final int MOST = 10_000;

  @Parameters(
      arity = "1..*",
      paramLabel = "EXPR",
      hideParamSyntax = true,
      description = "The expression, in quotes: \"30 2 * * 1-5\", @daily.")
  private List<String> words;

  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      converter = DialectConverter.class,
      description = "unix (five fields), quartz (six or seven) or spring (six). Default: unix.")
  private CronDialect dialect = CronDialect.UNIX;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description = "IANA zone such as Europe/Paris. Default: this machine's.")
  private @Nullable String zone;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      description = "How many moments. Default: 5.")
  private int count = 5;

  @Option(
      names = "--after",
      paramLabel = "MOMENT",
      description = "Only moments after this one: 2027-03-01T00:00Z. Default: now.")
  private @Nullable String after;

  @Option(
      names = "--job",
      paramLabel = "NAME",
      description = "The job whose name H is taken from; needed for expressions with H.")
  private @Nullable String job;

  @Override
  ExitCode execute() {
    if (count < 1 || count > MOST) {
      throw new JobException.Configuration("-n is 1 to " + MOST + ", this is " + count);
    }
    String text = String.join(" ", words);
    CronExpression expression =
        job == null
            ? CronExpression.parse(text, dialect)
            : CronExpression.parse(text, dialect, job);
    ZoneId zoneId = zone == null ? ZoneId.systemDefault() : zone(zone);
    Instant start = after == null ? Instant.now() : Moments.parse("--after", after);
    Timetable timetable =
        Timetable.of(
            List.of(new Schedule.Cron(text, dialect)), zoneId, Optional.ofNullable(job).orElse(""));
    CronForm form =
        new CronForm(expression, dialect, zoneId, Outlook.of(timetable, zoneId, start, count));
    output()
        .result(
            CronForm.SCHEMA,
            form.plain(),
            out -> {
              form.warnings()
                  .forEach(
                      warning -> {
                        output().note("waybill: warning: " + warning.words());
                        output().note(Trouble.caret(text, warning.offset()));
                      });
              form.print(out, zone == null);
            });
    return ExitCode.OK;
  }

  private static ZoneId zone(String name) {
    if (ZoneId.getAvailableZoneIds().contains(name)) {
      return ZoneId.of(name);
    }
    throw new JobException.Configuration(
        "--zone is no IANA zone: \"%s\"; %s%s"
            .formatted(
                name,
                UnknownZone.advice(name),
                UnknownZone.nearest(name)
                    .map(nearest -> ", did you mean \"" + nearest + "\"?")
                    .orElse("")));
  }

  /** Reads the name of a dialect as --help and the job file write it. */
  static final class DialectConverter implements ITypeConverter<CronDialect> {
    @Override
    public CronDialect convert(String name) {
      return Stream.of(CronDialect.values())
          .filter(dialect -> dialect.word().equalsIgnoreCase(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "\"" + name + "\" is none; write " + words(CronDialect.values())));
    }

    private static String words(CronDialect... dialects) {
      return Stream.of(dialects).map(CronDialect::word).collect(Collectors.joining(", "));
    }
  }
}
