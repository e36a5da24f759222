package io.waybill.jobs.demo;

import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepRecord;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.sandbox.SampleFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Looks at what the run left behind, with nothing but the JDK: files are read again and hashed,
 * part files are looked for, and the attachment that came back by IMAP is compared with what the
 * partner offered.
 *
 * @param problems one sentence each; none means that everything is as it should be
 */
record DemoCheck(List<String> problems) {

  static DemoCheck of(RunRecord record, List<SampleFile> offered, Path hub) throws IOException {
    List<String> problems = new ArrayList<>();
    if (!record.isSuccess()) {
      problems.add("the run ended " + record.run().state() + ": " + record.run().message());
    }
    for (SampleFile file : offered) {
      Path arrived = hub.resolve("orders").resolve(file.name());
      if (!Files.isRegularFile(arrived)) {
        problems.add(file.name() + " did not arrive");
      } else if (!sha256(arrived).equals(file.sha256())) {
        problems.add(file.name() + " arrived with other bytes");
      }
    }
    try (var walk = Files.walk(hub)) {
      walk.filter(path -> path.getFileName().toString().contains(".wbpart"))
          .forEach(part -> problems.add("an unfinished part is left: " + part));
    }
    if (!isMailBack(record, offered)) {
      problems.add("the mail did not come back with the orders attached");
    }
    return new DemoCheck(problems);
  }

  private static boolean isMailBack(RunRecord record, List<SampleFile> offered) {
    String orders =
        offered.stream()
            .filter(file -> file.name().equals("orders.csv"))
            .map(file -> "sha-256:" + file.sha256())
            .findFirst()
            .orElseThrow();
    return attachments(record).stream().anyMatch(each -> orders.equals(each.get("digest")));
  }

  private static List<Map<String, Object>> attachments(RunRecord record) {
    return record
        .step("read-back")
        .flatMap(StepRecord::result)
        .map(result -> Plain.maps(result.outputs(), "messages"))
        .orElse(List.of())
        .stream()
        .flatMap(message -> Plain.maps(message, "attachments").stream())
        .toList();
  }

  private static String sha256(Path file) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
