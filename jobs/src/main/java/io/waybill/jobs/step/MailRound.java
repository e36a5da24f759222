package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepServices;
import io.waybill.mail.MailException;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.mime.MimeLimits;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A round through messages that a step names, folder by folder: one connection for each mailbox,
 * and what is one message's own trouble does not stop the others. For one thread.
 */
final class MailRound implements AutoCloseable {
  private final StepServices services;
  private final StepCall call;
  private final Map<String, MailboxReader> readers = new HashMap<>();
  private final List<String> failed = new ArrayList<>();
  private @Nullable RuntimeException first;
  private MailException.@Nullable Ambiguous unknown;

  MailRound(StepServices services, StepCall call) {
    this.services = services;
    this.call = call;
  }

  /** Messages that lie in one folder. */
  record Folder(Connection.Mailbox mailbox, String name, long uidValidity, List<MailItem> items) {
    List<Long> uids() {
      return items.stream().map(MailItem::uid).toList();
    }
  }

  /** What is done with one message. */
  @FunctionalInterface
  interface Work {
    void on(MailItem item, InboundMail mail);
  }

  /** Returns them by the folders in which they are. */
  static List<Folder> folders(List<MailItem> items) {
    Map<String, Folder> folders = new LinkedHashMap<>();
    for (MailItem each : items) {
      String place = each.mailbox().name() + ":" + each.uidValidity() + ":" + each.folder();
      folders
          .computeIfAbsent(
              place,
              unused ->
                  new Folder(each.mailbox(), each.folder(), each.uidValidity(), new ArrayList<>()))
          .items()
          .add(each);
    }
    return List.copyOf(folders.values());
  }

  /** Returns the connection to a mailbox. */
  MailboxReader reader(Connection.Mailbox mailbox) {
    return readers.computeIfAbsent(
        mailbox.name(),
        name ->
            MailboxReader.lazy(
                services.mailboxes().account(mailbox, services.sockets().apply(call.cancel())),
                Clock.systemUTC()));
  }

  /**
   * Reads messages and does something with each.
   *
   * @throws MailException.MailboxChanged if UIDs of a folder count anew; nothing in it was read
   */
  void read(List<MailItem> items, MimeLimits limits, Work work) {
    for (Folder folder : folders(items)) {
      Map<Long, MailItem> left = new LinkedHashMap<>();
      folder.items().forEach(each -> left.put(each.uid(), each));
      int unused =
          reader(folder.mailbox())
              .each(
                  folder.name(),
                  folder.uidValidity(),
                  folder.uids(),
                  limits,
                  mail -> {
                    MailItem item = left.remove(mail.uid());
                    if (item != null) {
                      attempt(item, () -> work.on(item, mail));
                    }
                  });
      left.values().forEach(each -> attempt(each, () -> missing(each)));
    }
  }

  private static void missing(MailItem item) {
    throw new JobException.NotFound(item + " is not there any more");
  }

  /** Does something about a message; what is its own trouble is told at the end. */
  void attempt(MailItem item, Runnable work) {
    if (call.cancel().cause().isPresent()) {
      throw new JobException.Cancelled("cancelled before " + item);
    }
    try {
      work.run();
    } catch (MailException.Ambiguous e) {
      unknown = e;
      failed(item, e);
    } catch (MailException.InvalidMessage
        | MailException.Refused
        | MailException.OutboxConflict
        | JobException.NotFound
        | JobException.Expectation
        | JobException.Partial e) {
      failed(item, e);
    }
  }

  private void failed(MailItem item, RuntimeException e) {
    first = first == null ? e : first;
    String why = String.valueOf(e.getMessage());
    failed.add(why.contains(item.toString()) ? why : item + ": " + why);
  }

  /**
   * Ends the round.
   *
   * @param all how many messages there were
   * @throws RuntimeException if one of them failed
   */
  void requireAllDone(int all) {
    if (first == null) {
      return;
    }
    if (unknown != null) {
      throw unknown;
    }
    if (all == 1) {
      throw first;
    }
    throw new JobException.Partial(
        "%d of %d messages were not done: %s%s"
            .formatted(
                failed.size(),
                all,
                failed.get(0),
                failed.size() == 1 ? "" : " (and " + (failed.size() - 1) + " more)"));
  }

  /** Ends the connections; reading anew makes others. */
  void closeReaders() {
    readers.values().forEach(MailboxReader::close);
    readers.clear();
  }

  @Override
  public void close() {
    closeReaders();
  }
}
