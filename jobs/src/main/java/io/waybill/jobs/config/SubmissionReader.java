package io.waybill.jobs.config;

import io.waybill.jobs.Secret;
import io.waybill.jobs.Submission;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailProvider;
import io.waybill.mail.SendLimits;
import io.waybill.mail.SentCopy;
import io.waybill.mail.dkim.DkimSigner;
import io.waybill.mail.mime.MessagePreparer;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Reads how a connection of type {@code smtp} hands mail over. */
final class SubmissionReader {
  private static final int MOST_CONNECTIONS = 64;
  private static final int MOST_RECIPIENTS = 10_000;
  private static final int MOST = 1_000_000_000;

  private final Section section;
  private final Problems problems;
  private final MailProvider provider;
  private boolean isRight = true;

  SubmissionReader(Section section, Problems problems, MailProvider provider) {
    this.section = section;
    this.problems = problems;
    this.provider = provider;
  }

  /** Reads it; empty if something is wrong. */
  Optional<Submission> read(boolean isTls) {
    Submission.Builder how = Submission.builder().limits(limits());
    new TrustReader(section, problems).trust(isTls).ifPresentOrElse(how::trust, this::wrong);
    checked("ehlo", name -> MailAccount.builder().ehloName(name)).ifPresent(how::ehloName);
    checked("message-id-domain", domain -> MessagePreparer.builder().messageIdDomain(domain))
        .ifPresent(how::messageIdDomain);
    section.sections("dkim", LaterKeys.none()).forEach(each -> dkim(each, how));
    if (section.has("sent-copy")) {
      section
          .section("sent-copy", LaterKeys.none())
          .flatMap(this::filing)
          .ifPresentOrElse(how::filing, this::wrong);
    }
    CheckedKeys keys = new CheckedKeys(section, problems);
    new ProxyReader(keys).proxy().ifPresent(how::proxy);
    return isRight && keys.isRight() ? Optional.of(how.build()) : Optional.empty();
  }

  private SendLimits limits() {
    SendLimits.Builder limits = provider.limits().toBuilder();
    bounded("max-connections", 1, MOST_CONNECTIONS, limits::connections);
    bounded("messages-per-connection", 1, MOST, limits::messagesPerConnection);
    bounded("recipients-per-message", 1, MOST_RECIPIENTS, limits::recipientsPerMessage);
    bounded("messages-per-minute", 0, MOST, limits::messagesPerMinute);
    bounded("recipients-per-day", 0, MOST, limits::recipientsPerDay);
    return limits.build();
  }

  private void bounded(String key, int least, int most, IntConsumer limit) {
    if (!section.has(key)) {
      return;
    }
    Optional<Long> given = section.integer(key);
    if (given.isPresent() && given.get() >= least && given.get() <= most) {
      limit.accept(given.get().intValue());
      return;
    }
    given.ifPresent(
        number ->
            problems.error(
                section.valueOrigin(key),
                "\"%s\" is from %d to %d, and not %d".formatted(key, least, most, number)));
    wrong();
  }

  private Optional<String> checked(String key, Consumer<String> check) {
    if (!section.has(key)) {
      return Optional.empty();
    }
    Optional<String> text = section.text(key);
    text.ifPresentOrElse(value -> check(section, key, () -> check.accept(value)), this::wrong);
    return text;
  }

  private void check(Section of, String key, Runnable check) {
    try {
      check.run();
    } catch (MailException.InvalidMessage | IllegalArgumentException e) {
      wrong(of.valueOrigin(key), "\"" + key + "\": " + e.getMessage());
    }
  }

  private void dkim(Section group, Submission.Builder how) {
    Optional<String> domain = group.text("domain");
    Optional<String> selector = group.text("selector");
    domain.ifPresent(name -> check(group, "domain", () -> DkimSigner.builder().domain(name)));
    selector.ifPresent(name -> check(group, "selector", () -> DkimSigner.builder().selector(name)));
    if (!group.has("key")) {
      new ServerReader(group, problems).missing("key", "; write key: \"${secrets.NAME}\"");
    }
    Optional<Secret> key = group.secret("key");
    if (domain.isEmpty() || selector.isEmpty() || key.isEmpty()) {
      wrong();
    } else {
      how.dkim(new Submission.Dkim(domain.get(), selector.get(), key.get()));
    }
  }

  private Optional<Submission.Filing> filing(Section group) {
    Optional<String> mailbox = group.text("mailbox").filter(name -> isMailbox(name, group));
    Optional<String> folder = group.text("folder");
    Optional<SentCopy> when =
        group.text("when").map(word -> SentCopy.valueOf(word.toUpperCase(Locale.ROOT)));
    if (folder.filter(String::isBlank).isPresent()) {
      wrong(group.valueOrigin("folder"), "\"folder\" is empty");
    }
    return mailbox.flatMap(box -> when.map(w -> new Submission.Filing(box, folder, effective(w))));
  }

  /** What a provider files by itself is not even looked for. */
  private SentCopy effective(SentCopy when) {
    return when == SentCopy.AUTO && provider.filesSent() ? SentCopy.NEVER : when;
  }

  private boolean isMailbox(String name, Section group) {
    String type = group.place().definitions().connections().getOrDefault(name, "");
    boolean right = type.equals("imap") || type.isEmpty();
    if (!right) {
      problems.error(group.valueOrigin("mailbox"), ReferenceCheck.noMailbox(name, type));
    }
    return right;
  }

  private void wrong(Origin where, String why) {
    problems.error(where, why);
    wrong();
  }

  private void wrong() {
    isRight = false;
  }
}
