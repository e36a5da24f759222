package io.waybill.jobs.cli;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.CopyListener;
import io.waybill.jobs.step.CopyOutcome;
import io.waybill.jobs.step.CopyRequest;
import io.waybill.jobs.step.CopyRun;
import io.waybill.jobs.step.Place;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code waybill copy SRC... DST}: any location to any location; nothing but memory is kept. */
@Command(
    name = "copy",
    description = {
      "Copies files, the contents of directories, or what matches a pattern: verified, resumed, and whole or not at all.",
      "A location is a path of this machine (file:///path, too), NAME:/path with a connection of the job file, or a server's URI:",
      "waybill://[user@]host[:port][,host[:port]]/path, and ftp://, ftps://, sftp://, http:// or https:// with [user@]host[:port]/path; a blank is %%20 in a URI.",
      "sftp://host/path is from the root, sftp://host/~/path from where a login begins. In a source * is a pattern, and %%2A, %%3F, %%5B and %%7B are characters of a name.",
      "A directory's contents go with all directories in it, empty ones too.",
      "DST is a directory if it is one or ends in \"/\"; several sources need one. After Ctrl-C or a failure the same command goes on where it was.",
      "Between two servers, of whatever kinds, files go through this process, and nothing of them is written here."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
class CopyCommand extends Verb {
  private static final String INTERRUPTED =
      "interrupted; what has its name is whole, and the same command goes on where this one was";

  @Parameters(
      arity = "2..*",
      paramLabel = "SRC... DST",
      hideParamSyntax = true,
      description = "Sources, and the target.")
  private List<String> locations;

  @Mixin private CopyOptions copy;
  @Mixin private CopySidecarOptions sidecars;
  @Mixin private CopyLinkOptions link;
  @Mixin private CopyTargetOptions target;
  @Mixin private ServerOptions server;
  @Mixin private LoginOptions login;

  private @Nullable Configuration configuration;
  private @Nullable CopyRun run;
  private final long begun = System.nanoTime();

  @Override
  final ExitCode execute() throws Exception {
    Optional<Duration> deadline = copy.deadline();
    CopyProgress progress =
        new CopyProgress(
            cli().err(),
            options().isQuiet(),
            Boolean.getBoolean("waybill.terminal"), // the launcher asks
            System::nanoTime);
    CopyRequest request = request(progress);
    CancelScope scope = new CancelScope();
    Thread copying = Thread.currentThread();
    try (Interrupts interrupts =
        Interrupts.cancelling(
            () -> {
              scope.cancel(CancelScope.Cause.CANCELLED);
              copying.interrupt(); // out of a wait between two tries, or a local copy
            })) {
      Optional<Thread> timer = deadline.map(time -> timer(time, scope, copying));
      Optional<CopyOutcome> outcome;
      try {
        outcome = run(request, scope, progress);
      } finally {
        timer.ifPresent(Thread::interrupt);
      }
      if (outcome.isPresent()) {
        return report(outcome.get());
      }
      ExitCode code = interrupts.signal().orElse(ExitCode.INTERRUPTED);
      failed(Trouble.form(code, INTERRUPTED));
      return code;
    }
  }

  /** Says whether sources are deleted once their copies are there. */
  boolean isMove() {
    return false;
  }

  @Override
  final String failureSchema() {
    return CopyForm.SCHEMA;
  }

  @Override
  final Map<String, Object> soFar() {
    return form(done()).plain();
  }

  /** Copies. */
  CopyOutcome carryOut(
      StepServices services, CancelScope scope, CopyListener progress, CopyRequest request)
      throws InterruptedException {
    CopyRun copying =
        new CopyRun(services, scope, progress, time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
    run = copying;
    return copying.execute(request);
  }

  /** Returns what was done until now. */
  CopyOutcome done() {
    CopyRun begunRun = run;
    return begunRun == null ? CopyOutcome.nothing() : begunRun.soFar();
  }

  /** Says whether files are waited for by other means than the copy's own. */
  boolean settlesItself() {
    return false;
  }

  final Optional<Duration> settle() {
    return copy.settle();
  }

  private CopyForm form(CopyOutcome outcome) {
    return new CopyForm(
        outcome, Duration.ofNanos(System.nanoTime() - begun), copy.isDryRun(), copy.policy());
  }

  private static Thread timer(Duration time, CancelScope scope, Thread copying) {
    Thread timer =
        new Thread(
            () -> {
              try {
                TimeUnit.NANOSECONDS.sleep(time.toNanos());
                scope.cancel(CancelScope.Cause.TIMED_OUT);
                copying.interrupt();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "waybill-deadline");
    timer.setDaemon(true);
    timer.start();
    return timer;
  }

  // empty if a signal has ended it, which is said then
  private Optional<CopyOutcome> run(CopyRequest request, CancelScope scope, CopyProgress progress)
      throws InterruptedException {
    try {
      return Optional.of(carryOut(services(), scope, progress, request));
    } catch (RuntimeException | InterruptedException e) {
      if (scope.cause().equals(Optional.of(CancelScope.Cause.TIMED_OUT))) {
        Thread.interrupted(); // that was the timer, and it is answered
        throw new JobException.TimedOut(
            "not done by --deadline"
                + progress.trouble().map(last -> " (" + last + ")").orElse("")
                + "; what has its name is whole, and the same command goes on where this one was");
      }
      if (scope.cause().isPresent()) {
        // what the sockets that were closed then say is only noise; said here, as the process is
        // over as soon as the signal is answered
        progress.clear();
        output().note("waybill: " + INTERRUPTED);
        return Optional.empty();
      }
      throw e;
    } finally {
      progress.clear();
    }
  }

  private CopyRequest request(CopyProgress progress) {
    login.environment(cli().environment());
    server.forTwo();
    Consumer<String> warnings = warning -> output().note("waybill: warning: " + warning);
    Locations reader = new Locations(this::configurationOnce, login, server, warnings);
    Locations targets =
        new Locations(
            this::configurationOnce, target.login(login), target.server(server), warnings);
    List<Place> sources = new ArrayList<>();
    for (String source : locations.subList(0, locations.size() - 1)) {
      sources.add(reader.source(source));
    }
    Place to = targets.place(locations.get(locations.size() - 1));
    server.requireTaken();
    requireServer(sources, to);
    TransferOptions.Builder options = copy.options();
    link.applyTo(options);
    TransferOptions built = options.build();
    CopyRequest.Builder request =
        CopyRequest.builder(sources, to)
            .options(built)
            .sidecars(sidecars.terms(built))
            .link(link.link(cli().environment(), warnings, progress::retrying))
            .move(isMove())
            .dryRun(copy.isDryRun());
    if (isMove()
        && (copy.policy() == TargetPolicy.RENAME || copy.policy() == TargetPolicy.APPEND)) {
      throw new JobException.Configuration(
          "a move that was cut short would rename or append twice: use --policy skip, replace or fail, or \"copy\" and then \"rm\"");
    }
    copy.filter(request);
    if (!settlesItself()) {
      copy.settle().ifPresent(request::settle);
    }
    return copy.built(request);
  }

  private void requireServer(List<Place> sources, Place to) {
    Optional<String> given = link.given();
    boolean isHere =
        to instanceof Place.Local && sources.stream().allMatch(Place.Local.class::isInstance);
    if (link.hasRate() && isHere) {
      throw new JobException.Configuration(CopyLinkOptions.NO_RATE_HERE);
    }
    if (link.hasPartName() && (to instanceof Place.Local || isHub(to))) {
      throw new JobException.Configuration(
          "--part-name is for FTP, SFTP and HTTP servers as target; here and at waybill servers the name is fixed, leave it out");
    }
    if (options().proxy().isPresent() && isHere) {
      throw new JobException.Configuration(
          "--proxy is for copies from or to a server only, and both places are on this machine; leave it out");
    }
    if (copy.isCrc() && isHere) {
      throw new JobException.Configuration(
          "--verify crc32c is for copies from or to a server only; leave it out");
    }
    if (given.isPresent() && !isHub(to) && sources.stream().noneMatch(CopyCommand::isHub)) {
      throw new JobException.Configuration(
          given.get() + " is for copies from or to a waybill server only; leave it out");
    }
  }

  private static boolean isHub(Place place) {
    return place instanceof Place.Remote remote && remote.connection() instanceof Connection.Hub;
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
    return PlaceVerb.services(
        loaded == null ? Configuration.empty().connections() : loaded.connections(),
        sockets(),
        tap());
  }

  private ExitCode report(CopyOutcome outcome) {
    CopyForm form = form(outcome);
    long troubles = form.troubles();
    if (outcome.files() == 0 && troubles == 1) { // it is that of the copy
      TransferException why = outcome.failed().get(0).why();
      if (output().format() == OutputFormat.HUMAN) {
        form.print(cli().out());
      }
      failed(Trouble.form(why));
      form.printFailures(cli().err());
      return Trouble.codeOf(why);
    }
    output().result(CopyForm.SCHEMA, form.plain(), form::print);
    form.printFailures(cli().err());
    if (outcome.files() == 0 && troubles == 0) {
      output().note("waybill: there was no file to copy, which is no failure");
    }
    return troubles == 0 ? ExitCode.OK : ExitCode.PARTIAL;
  }
}
