package io.waybill.jobs.cli;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.JobException;
import io.waybill.jobs.cli.MailServerOptions.MailboxPlace;
import io.waybill.jobs.json.MailForm;
import io.waybill.mail.MailException;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.imap.MailboxWatcher;
import io.waybill.mail.imap.WatchSettings;
import io.waybill.mail.imap.WatcherHealth;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.AttachmentFiles;
import io.waybill.mail.inbox.InboundHandler;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MemoryLedger;
import io.waybill.mail.inbox.PollReport;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill mail watch MAILBOX}: mail as it arrives. */
@Command(
    name = "watch",
    description = {
      "Prints each message as it arrives, until Ctrl-C: a line each, with -o ndjson a document. Over a connection that is made again whenever it breaks; what came meanwhile is printed then.",
      "What was printed is remembered until the end. With --once it ends after what is there now."
    })
final class MailWatchCommand extends MailboxVerb {
  private static final Duration TELL_OF_TROUBLE = Duration.ofSeconds(2);

  @Mixin private MailSearchOptions search = new MailSearchOptions();

  @Option(
      names = "--start",
      paramLabel = "WHERE",
      description =
          "now: with what arrives from now on, the usual; all: with what is there; unseen: with what is there and unread; or with a UID.")
  private String start = "now";

  @Option(names = "--once", description = "End after what is there now.")
  private boolean once;

  @Option(
      names = "--after",
      paramLabel = "ACTION",
      description = "What is done to each message then: seen, keyword:WORD, move:FOLDER or delete.")
  private @Nullable String after;

  @Option(
      names = "--save",
      paramLabel = "DIR",
      description = "Save what is attached, as \"mail save\" does.")
  private @Nullable Path save;

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      description = "Refuse attachments above this; 150MB if not given.")
  private String maxSize = "150MB";

  private final List<Map<String, Object>> kept = new ArrayList<>();

  @Override
  ExitCode execute() throws Exception {
    if (!once && output().format() == OutputFormat.JSON) {
      throw new JobException.Configuration(
          "a document has an end, and this has none: use -o ndjson, or --once");
    }
    AfterAction action = action();
    PollSpec.Builder spec = PollSpec.builder().search(search.search()).from(from()).after(action);
    InboundHandler handler = handler();
    MailLedger ledger = new MemoryLedger(Clock.systemUTC());
    MailboxPlace place = place();
    spec.folder(place.folder());
    CancelScope scope = new CancelScope();
    CountDownLatch ended = new CountDownLatch(1);
    try (CancelScope.Registration registration = scope.register(ended::countDown);
        Interrupts interrupts =
            Interrupts.cancelling(() -> scope.cancel(CancelScope.Cause.CANCELLED))) {
      if (once) {
        PollReport report;
        try (MailboxReader reader = MailboxReader.lazy(account(place, scope), Clock.systemUTC())) {
          requireTarget(reader, place.folder(), action);
          report = reader.poll(spec.build(), ledger, handler);
        }
        if (output().format() == OutputFormat.JSON) {
          output().results(MailForm.SCHEMA, MailForm.LIST_SCHEMA, "messages", kept, human -> {});
        }
        return ended(report);
      }
      return watch(place, spec.build(), ledger, handler, scope, ended);
    }
  }

  private ExitCode watch(
      MailboxPlace place,
      PollSpec spec,
      MailLedger ledger,
      InboundHandler handler,
      CancelScope scope,
      CountDownLatch ended)
      throws InterruptedException {
    // what can only be a mistake ends it; later on the same is tried again
    try (MailboxReader reader = MailboxReader.connect(account(place, scope))) {
      requireTarget(reader, spec.folder(), spec.after());
      output().note("waybill: watching " + spec.folder() + " of " + reader.name());
    }
    if (!options().isVerbose() && !options().isDebug()) {
      LogSetup.onlyErrorsOf(MailboxWatcher.class); // its troubles are told below
    }
    try (MailboxWatcher watcher =
        MailboxWatcher.start(
            account(place, scope),
            spec,
            ledger,
            handler,
            WatchSettings.defaults(),
            Clock.systemUTC(),
            new SecureRandom())) {
      String told = "";
      while (!ended.await(TELL_OF_TROUBLE.toMillis(), TimeUnit.MILLISECONDS)) {
        WatcherHealth health = watcher.health();
        String trouble = health.lastError().orElse("");
        if (!trouble.equals(told)) {
          output()
              .note(
                  trouble.isEmpty()
                      ? "waybill: connected again"
                      : "waybill: " + Output.printable(trouble) + "; trying again");
          told = trouble;
        }
        if (health.state() == WatcherHealth.State.STOPPED) {
          throw new JobException.NotYet("the watching ended by itself: " + trouble);
        }
      }
    }
    return ExitCode.INTERRUPTED;
  }

  // a move of nothing looks whether there is a folder to move to
  private static void requireTarget(MailboxReader reader, String folder, AfterAction action) {
    if (action.kind() == AfterAction.Kind.MOVE) {
      int unused = reader.perform(folder, action, List.of());
    }
  }

  private ExitCode ended(PollReport report) {
    if (report.unfinished() > 0) {
      output()
          .note(
              "waybill: --after %s failed, and was not done to: %s"
                  .formatted(after, messages(report.unfinished())));
    }
    int notHandled = report.putOff() + report.quarantined();
    if (notHandled > 0) {
      output().note("waybill: could not be saved: " + messages(notHandled));
    }
    return report.unfinished() + notHandled > 0 ? ExitCode.PARTIAL : ExitCode.OK;
  }

  private static String messages(int count) {
    return count + (count == 1 ? " message" : " messages");
  }

  private StartFrom from() {
    return switch (start.toLowerCase(Locale.ROOT)) {
      case "now" -> StartFrom.NOW;
      case "all" -> StartFrom.ALL;
      case "unseen" -> StartFrom.UNSEEN;
      default -> {
        if (!start.matches("[1-9][0-9]{0,9}")) {
          throw new JobException.Configuration(
              "--start is now, all, unseen or a UID, and not " + start);
        }
        yield StartFrom.since(MailNumbers.uid(Long.parseLong(start)));
      }
    };
  }

  private AfterAction action() {
    if (after == null) {
      return AfterAction.NONE;
    }
    int colon = after.indexOf(':');
    String word = colon < 0 ? "" : after.substring(colon + 1);
    try {
      return switch (colon < 0 ? after : after.substring(0, colon)) {
        case "seen" -> AfterAction.SEEN;
        case "delete" -> AfterAction.DELETE;
        case "keyword" -> AfterAction.keyword(word);
        case "move" -> AfterAction.moveTo(word);
        default ->
            throw new JobException.Configuration(
                "--after is seen, keyword:WORD, move:FOLDER or delete, and not " + after);
      };
    } catch (MailException.InvalidMessage e) {
      throw new JobException.Configuration("--after " + after + ": " + e.getMessage(), e);
    }
  }

  private InboundHandler handler() {
    if (save == null) {
      return (mail, ack) -> show(MailForm.head(mail));
    }
    AttachmentFiles files =
        SaveDirectory.open("--save", save, CopyOptions.bytes("--max-size", maxSize));
    return (mail, ack) -> show(saved(mail, files));
  }

  private static Map<String, Object> saved(InboundMail mail, AttachmentFiles files)
      throws IOException {
    Map<String, Object> form = MailForm.head(mail);
    form.put("files", files.save(mail.mail(), false).stream().map(Path::toString).toList());
    return form;
  }

  private void show(Map<String, Object> form) {
    if (output().format() == OutputFormat.JSON) {
      kept.add(form); // one document, at the end
      return;
    }
    output()
        .item(
            MailForm.SCHEMA,
            form,
            out -> {
              print(form, out);
              ((List<?>) form.getOrDefault("files", List.of()))
                  .forEach(file -> out.println("        " + Output.printable(file)));
            });
  }
}
