package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.step.SaveAttachmentsStep.IfExists;
import io.waybill.mail.inbox.AttachmentFiles;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.ReceivedAttachment;
import io.waybill.scheduler.FailureClass;
import io.waybill.transfer.Digest;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One attempt of {@code mail.save-attachments}. What each message and each attachment has become is
 * written down: of a file the place before it appears there, so that whoever goes on after the
 * process has ended finds it and does not save it once more.
 */
final class SaveAttachmentsAttempt {
  private static final long USUAL_MESSAGE = 150_000_000;

  /** File systems take 255, and a number may be added. */
  private static final int LONGEST_NAME = 240;

  private final StepServices services;
  private final StepCall call;
  private final SaveAttachmentsStep step;
  private final Map<String, Map<String, Object>> known;

  SaveAttachmentsAttempt(StepServices services, StepCall call, SaveAttachmentsStep step) {
    this.services = services;
    this.call = call;
    this.step = step;
    known = new LinkedHashMap<>(call.journal().items());
  }

  StepResult run() {
    List<MailItem> left =
        step.messages().stream().filter(each -> !known.containsKey(each.key())).toList();
    boolean isAgain = call.attempt().number() > 1; // the one before may have left a part
    if (isAgain || !left.isEmpty()) {
      save(left, open());
    }
    List<Map<String, Object>> files = new ArrayList<>();
    List<Object> leftOut = new ArrayList<>();
    for (MailItem each : step.messages()) {
      Map<String, Object> receipt = known.getOrDefault(each.key(), Map.of());
      files.addAll(Plain.maps(receipt, "files"));
      leftOut.addAll(receipt.get("left-out") instanceof List<?> names ? names : List.of());
    }
    if (files.size() < step.minFiles()) {
      throw new JobException.Expectation(
          "expected at least %d attachments and found %d%s"
              .formatted(
                  step.minFiles(),
                  files.size(),
                  leftOut.isEmpty() ? "" : "; \"match\" does not take " + leftOut));
    }
    long bytes = files.stream().mapToLong(file -> Plain.number(file, "size")).sum();
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("files", files);
    outputs.put("bytes", bytes);
    outputs.put("left-out", leftOut);
    return new StepResult(outputs, bytes);
  }

  // in a message an attachment takes a third more, and it may have several
  private MimeLimits limits() {
    return MimeLimits.builder()
        .messageBytes(Math.max(2 * step.wanted().mostBytes(), USUAL_MESSAGE))
        .build();
  }

  private void save(List<MailItem> left, AttachmentFiles files) {
    if (!left.isEmpty()) {
      try (MailRound round = new MailRound(services, call)) {
        round.read(left, limits(), (item, mail) -> save(item, mail, files));
        round.requireAllDone(step.messages().size());
      }
    }
  }

  private AttachmentFiles open() {
    Path directory = step.target().directory();
    try {
      Files.createDirectories(directory);
      return AttachmentFiles.in(directory, step.wanted().mostBytes())
          .resuming(call.attempt().runId() + " " + call.attempt().stepId());
    } catch (IOException e) {
      throw WholeFile.failed(directory, e);
    }
  }

  /** An attachment that is wanted, and what it is to be called. */
  private record Wanted(String item, String name, ReceivedAttachment attachment) {}

  private void save(MailItem item, InboundMail inbound, AttachmentFiles files) {
    ParsedMail mail = inbound.mail();
    item.requireReadWhole(mail, "nothing of it was saved");
    List<Wanted> wanted = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    int index = 0;
    for (ReceivedAttachment each : AttachmentFiles.attached(mail, step.wanted().withInline())) {
      index++;
      if (isWanted(item, each)) {
        requireSize(item, each);
        wanted.add(new Wanted(item.key() + "#" + index, name(item, each, index), each));
      } else {
        leftOut.add(each.name());
      }
    }
    List<Map<String, Object>> saved = new ArrayList<>();
    for (Wanted each : wanted) {
      saved.add(saved(item, each, files));
    }
    force(saved);
    Map<String, Object> receipt = new LinkedHashMap<>();
    receipt.put("files", saved);
    receipt.put("left-out", leftOut);
    write(item.key(), receipt);
  }

  private boolean isWanted(MailItem item, ReceivedAttachment attachment) {
    try {
      return step.wanted().match().takes(attachment.name());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobException.Cancelled("cancelled in the middle of " + item);
    }
  }

  private void write(String item, Map<String, Object> receipt) {
    call.journal().done(item, receipt);
    known.put(item, receipt);
  }

  private void requireSize(MailItem item, ReceivedAttachment attachment) {
    if (attachment.sizeBytes() > step.wanted().mostBytes()) {
      throw new JobException.Expectation(
          "attachment %s of %s has %d bytes, and \"max-size\" is %d; nothing of it was saved"
              .formatted(
                  attachment.name(), item, attachment.sizeBytes(), step.wanted().mostBytes()));
    }
  }

  private String name(MailItem item, ReceivedAttachment attachment, int index) {
    if (step.target().naming().isEmpty()) {
      return attachment.name();
    }
    String safe = attachment.name();
    int dot = safe.lastIndexOf('.');
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", safe);
    values.put("stem", dot > 0 ? safe.substring(0, dot) : safe);
    values.put("extension", dot > 0 ? safe.substring(dot) : "");
    values.put("raw-name", attachment.rawName());
    values.put("size", attachment.sizeBytes());
    values.put("type", attachment.contentType());
    values.put("index", (long) index);
    try {
      String name =
          step.target().naming().get().of(Map.of("attachment", values, "message", item.plain()));
      FileTarget.requireName(name, "attachment " + safe);
      if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
        throw new JobException.Configuration(
            "\"name\" yields for attachment %s what is longer than %d bytes"
                .formatted(safe, LONGEST_NAME));
      }
      return name;
    } catch (JobException.Configuration e) {
      // it is this message whose words make no name; others may
      throw new JobException.Expectation(String.valueOf(e.getMessage()));
    }
  }

  private Map<String, Object> saved(MailItem item, Wanted wanted, AttachmentFiles files) {
    Optional<Map<String, Object>> earlier =
        Optional.ofNullable(known.get(wanted.item())).filter(file -> isThere(file, wanted));
    if (earlier.isPresent()) {
      return earlier.get();
    }
    Path target = step.target().directory().resolve(wanted.name());
    boolean isTaken = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
    if (isTaken && step.target().ifExists() != IfExists.NUMBER) {
      Map<String, Object> file = plain(target, item, wanted);
      if (step.target().ifExists() == IfExists.KEEP && isThere(file, wanted)) {
        write(wanted.item(), file);
        return file;
      }
      throw new JobException.Expectation(
          "%s is there already%s; attachment %s of %s was not saved"
              .formatted(
                  target,
                  step.target().ifExists() == IfExists.KEEP ? " with another content" : "",
                  wanted.attachment().name(),
                  item));
    }
    try (InputStream in = wanted.attachment().open()) {
      Path path = files.save(wanted.name(), in, place -> appearing(place, target, item, wanted));
      call.progress()
          .moved(
              String.valueOf(path.getFileName()),
              wanted.attachment().sizeBytes(),
              wanted.attachment().sizeBytes());
    } catch (IOException e) {
      throw WholeFile.failed(target, e);
    }
    return known.getOrDefault(wanted.item(), Map.of());
  }

  private void appearing(Path place, Path target, MailItem item, Wanted wanted) {
    Path here = step.target().directory().resolve(String.valueOf(place.getFileName()));
    if (step.target().ifExists() != IfExists.NUMBER && !here.equals(target)) {
      throw new JobException.NotYet(target + " has appeared meanwhile");
    }
    write(wanted.item(), plain(here, item, wanted));
  }

  private static Map<String, Object> plain(Path path, MailItem item, Wanted wanted) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("name", String.valueOf(path.getFileName()));
    plain.put("location", new Place.Local(path.toString()).location());
    plain.put("path", path.toString());
    plain.put("source", item.toString());
    plain.put("size", wanted.attachment().sizeBytes());
    plain.put("digest", wanted.attachment().sha256());
    plain.put("type", wanted.attachment().contentType());
    plain.put("attachment", wanted.attachment().name());
    plain.put("message-id", item.messageId());
    return plain;
  }

  /** Says whether a file is where it was to appear, with the content of the attachment. */
  private static boolean isThere(Map<String, Object> file, Wanted wanted) {
    Path path = Path.of(Plain.text(file, "path"));
    try {
      return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
          && Files.size(path) == wanted.attachment().sizeBytes()
          && sha256(path).equals(wanted.attachment().sha256());
    } catch (IOException e) {
      throw new JobException.Unsuccessful(
          FailureClass.TRANSIENT, "%s cannot be read: %s".formatted(path, e), e);
    }
  }

  private static String sha256(Path path) throws IOException {
    try (SourceFile file = SourceFile.open(path)) {
      return file.digest(Digest.Algorithm.SHA_256).toString();
    }
  }

  // what was saved must be on the disk before a later step deletes the message
  private void force(List<Map<String, Object>> saved) {
    if (saved.isEmpty()) {
      return;
    }
    try (DirectoryHandle directory = DirectoryHandle.open(step.target().directory())) {
      directory.force();
    } catch (IOException e) {
      throw WholeFile.failed(step.target().directory(), e);
    }
  }
}
