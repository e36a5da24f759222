package io.waybill.jobs.run;

import io.waybill.jobs.StepProgress;
import io.waybill.jobs.json.RunForm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files an attempt has done and which have failed, for the record of one that does not
 * succeed: all of them counted, the first of each kept. What an attempt that succeeds has done is
 * in its outputs.
 */
final class FileTally implements StepProgress {
  private static final Logger LOG = LoggerFactory.getLogger(FileTally.class);
  private static final int MOST_OF_EACH = 100;

  private final StepProgress heard;
  private final List<Map<String, Object>> failed = new ArrayList<>();
  private final List<Map<String, Object>> done = new ArrayList<>();
  private long failedCount;
  private long doneCount;

  /**
   * Begins.
   *
   * @param heard is told how far the step is, too
   */
  FileTally(StepProgress heard) {
    this.heard = heard;
  }

  @Override
  public void moved(String item, long doneBytes, long totalBytes) {
    heard.moved(item, doneBytes, totalBytes);
  }

  @Override
  public void noted(String sentence) {
    heard.noted(sentence);
  }

  @Override
  public void fileDone(String source, String location) {
    doneCount++;
    if (done.size() < MOST_OF_EACH) {
      done.add(file("done", source, "location", location));
    }
  }

  @Override
  public void fileFailed(String source, String why) {
    failedCount++;
    if (failed.size() < MOST_OF_EACH) {
      failed.add(file("failed", source, "message", Failures.oneLine(why)));
    }
  }

  private static Map<String, Object> file(String state, String source, String key, String value) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("source", source);
    file.put("state", state);
    file.put(key, value);
    return file;
  }

  /** Returns what {@link RunForm} shows of it; empty if no file was told of. */
  Map<String, Object> form() {
    Map<String, Object> form = new LinkedHashMap<>();
    if (failedCount + doneCount > 0) {
      if (doneCount > 0) { // else none was, or the step tells only what failed
        form.put("done", doneCount);
      }
      form.put("failed", failedCount);
      List<Map<String, Object>> listed = new ArrayList<>(failed);
      listed.addAll(done);
      form.put("listed", listed);
      if (notListed() > 0) {
        form.put("not-listed", notListed());
      }
    }
    return form;
  }

  private long notListed() {
    return failedCount + doneCount - failed.size() - done.size();
  }

  /** Tells the log of the run. */
  void log() {
    for (Map<String, Object> each : failed) {
      LOG.info("event=file-failed source=\"{}\" message=\"{}\"", source(each), each.get("message"));
    }
    for (Map<String, Object> each : done) {
      LOG.info("event=file-done source=\"{}\" location=\"{}\"", source(each), location(each));
    }
    if (notListed() > 0) {
      LOG.info("event=files-not-listed count={}", notListed());
    }
  }

  private static String source(Map<String, Object> file) {
    return Failures.oneLine(String.valueOf(file.get("source")));
  }

  private static String location(Map<String, Object> file) {
    return Failures.oneLine(String.valueOf(file.get("location")));
  }
}
