package io.waybill.jobs.cli;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobException;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.CopyOutcome;
import io.waybill.jobs.step.CopyRequest;
import io.waybill.jobs.step.CopyRun;
import io.waybill.jobs.step.Place;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code waybill copy SRC... DST}: any location to any location; nothing but memory is kept. */
@Command(
    name = "copy",
    description = {
      "Copies files, the contents of directories, or what matches a pattern: verified, resumed, and whole or not at all.",
      "A location is a path, waybill://[user@]host[:port]/path, ftp://[user@]host[:port]/path, or CONNECTION:/path of the job file.",
      "DST is a directory if it is one or ends in \"/\"; several sources need one. After Ctrl-C or a failure the same command goes on where it was."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CopyCommand extends Verb {
  @Parameters(arity = "2..*", paramLabel = "SRC... DST", description = "Sources, and the target.")
  private List<String> locations;

  @Mixin private CopyOptions copy;
  @Mixin private ServerOptions server;
  @Mixin private LoginOptions login;

  private @Nullable Configuration configuration;

  @Override
  ExitCode execute() throws Exception {
    long begun = System.nanoTime();
    CopyRequest request = request();
    CancelScope scope = new CancelScope();
    CopyProgress progress =
        new CopyProgress(
            cli().err(),
            options().isQuiet(),
            Boolean.getBoolean("waybill.terminal"), // the launcher asks
            System::nanoTime);
    Thread copying = Thread.currentThread();
    try (Interrupts interrupts =
        Interrupts.cancelling(
            () -> {
              scope.cancel(CancelScope.Cause.CANCELLED);
              copying.interrupt(); // out of a wait between two tries, or a local copy
            })) {
      CopyRun run =
          new CopyRun(
              services(), scope, progress, time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
      CopyOutcome outcome = run(run, request, scope, progress);
      return report(outcome, Duration.ofNanos(System.nanoTime() - begun));
    }
  }

  private CopyOutcome run(
      CopyRun run, CopyRequest request, CancelScope scope, CopyProgress progress)
      throws InterruptedException {
    try {
      return run.execute(request);
    } catch (RuntimeException | InterruptedException e) {
      if (scope.cause().isPresent()) {
        // what the sockets that were closed then say is only noise; said here, as the process is
        // over as soon as the signal is answered
        progress.clear();
        output()
            .note(
                "waybill: interrupted; what has its name is whole, and the same command goes on where this one was");
        throw new JobException.Cancelled("interrupted");
      }
      throw e;
    } finally {
      progress.clear();
    }
  }

  private CopyRequest request() {
    login.environment(cli().environment());
    Locations reader =
        new Locations(
            this::configurationOnce,
            login,
            server,
            warning -> output().note("waybill: warning: " + warning));
    List<Place> sources = new ArrayList<>();
    for (String source : locations.subList(0, locations.size() - 1)) {
      sources.add(reader.source(source));
    }
    CopyRequest.Builder request =
        CopyRequest.builder(sources, reader.place(locations.get(locations.size() - 1)))
            .options(copy.options())
            .filter(copy.filter())
            .dryRun(copy.isDryRun());
    copy.settle().ifPresent(request::settle);
    return request.build();
  }

  private Configuration configurationOnce() {
    Configuration loaded = configuration;
    if (loaded == null) {
      loaded = configurationIfAny();
      configuration = loaded;
    }
    return loaded;
  }

  private StepServices services() {
    Configuration loaded = configuration;
    MailSubmission none =
        (via, message, key, call) -> {
          throw new IllegalStateException("a copy sends no mail");
        };
    return new StepServices(
        loaded == null ? Configuration.empty().connections() : loaded.connections(),
        none,
        sockets(),
        tap(),
        InstantSource.system());
  }

  private ExitCode report(CopyOutcome outcome, Duration duration) {
    CopyForm form = new CopyForm(outcome, duration, copy.isDryRun());
    output().result(CopyForm.SCHEMA, form.plain(), form::print);
    form.printFailures(cli().err());
    if (outcome.failed().isEmpty()) {
      return ExitCode.OK;
    }
    return outcome.files().isEmpty() && outcome.failed().size() == 1
        ? Trouble.codeOf(outcome.failed().get(0).why())
        : ExitCode.PARTIAL;
  }
}
