package io.waybill.jobs.cli;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connections;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.Mailboxes;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.LinkOptions;
import io.waybill.jobs.step.Place;
import io.waybill.jobs.step.PlaceFiles;
import io.waybill.transfer.SharedRate;
import io.waybill.transfer.WireTap;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** A verb about what is at some places. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
abstract class PlaceVerb extends Verb {
  @Mixin private ServerOptions server;
  @Mixin private LoginOptions login;

  private @Nullable Configuration configuration;

  /** Does it; the places' sessions are closed afterwards. */
  abstract ExitCode execute(PlaceFiles files) throws Exception;

  @Override
  final ExitCode execute() throws Exception {
    CancelScope scope = new CancelScope();
    Thread working = Thread.currentThread();
    try (Interrupts interrupts =
        Interrupts.cancelling(
            () -> {
              scope.cancel(CancelScope.Cause.CANCELLED);
              working.interrupt();
            })) {
      login.environment(cli().environment());
      try (PlaceFiles files =
          new PlaceFiles(
              services(Configuration.empty().connections(), sockets(), tap()), scope, link())) {
        return execute(files);
      } catch (RuntimeException e) {
        Optional<ExitCode> signal = interrupts.signal();
        if (signal.isPresent()) {
          return signal.get();
        }
        throw e;
      }
    }
  }

  /** Returns how connections are used. */
  LinkOptions link() {
    return LinkOptions.USUAL;
  }

  /** Reads a place. */
  final Place place(String text) {
    return place(text, server, login);
  }

  /** Two directories that a verb is about. */
  record Ends(Place source, Place target) {}

  /** Reads two places, the second with options of its own. */
  final Ends ends(String source, String target, CopyTargetOptions own) {
    server.forTwo();
    Ends ends = new Ends(place(source), place(target, own.server(server), own.login(login)));
    server.requireTaken();
    return ends;
  }

  private Place place(String text, ServerOptions by, LoginOptions as) {
    return new Locations(
            this::configurationOnce,
            as,
            by,
            warning -> output().note("waybill: warning: " + warning))
        .place(text);
  }

  private Configuration configurationOnce() {
    Configuration loaded = configuration;
    if (loaded == null) {
      loaded = configurationIfAny();
      configuration = loaded;
    }
    return loaded;
  }

  /** Returns what sessions are opened with outside of any job. */
  static StepServices services(
      Connections connections, Function<CancelScope, SocketFactory> sockets, WireTap tap) {
    MailSubmission none =
        (request, call) -> {
          throw new IllegalStateException("no mail is sent here");
        };
    Mailboxes unread =
        (mailbox, factory) -> {
          throw new IllegalStateException("no mail is read here");
        };
    return new StepServices(
        connections, none, unread, sockets, tap, SharedRate.NONE, InstantSource.system());
  }
}
