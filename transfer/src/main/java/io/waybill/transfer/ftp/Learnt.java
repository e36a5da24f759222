package io.waybill.transfer.ftp;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What was learnt of a server, for all sessions with it, as long as the endpoint lives. Safe for
 * use by many threads.
 */
final class Learnt {
  /** A way to set a file's time. */
  enum TimeCommand {
    /** {@code MFMT time name} (draft-somers-ftp-mfxx). */
    MFMT,
    /** {@code MDTM time name}, as vsftpd, Serv-U and others take it. */
    MDTM,
    /** {@code SITE UTIME time name}, as ProFTPD takes it. */
    SITE_UTIME,
    /** {@code SITE UTIME name atime mtime ctime UTC}, as Pure-FTPd takes it. */
    SITE_UTIME_OF_THREE
  }

  private static final int TRIES = 3;

  /** Whether commands can be sent before the replies to those before them have come. */
  enum Pipelining {
    UNTRIED,
    /** Several went out together, and each was answered. */
    WORKS,
    /** The server, or something on the way to it, lost some. */
    FAILS
  }

  private volatile Pipelining pipelining = Pipelining.UNTRIED;
  private volatile boolean needsTls12;
  private volatile boolean refusesExtendedPassive;
  private volatile boolean reachesData;
  private volatile boolean forgetsPorts;
  private volatile boolean tellsNoTimes;
  private volatile boolean listsItself;
  private volatile boolean refusesModes;
  private volatile @Nullable TimeCommand timeCommand;
  private final AtomicInteger timesRefused = new AtomicInteger();

  Pipelining pipelining() {
    return pipelining;
  }

  void pipelining(Pipelining found) {
    pipelining = found;
  }

  boolean needsTls12() {
    return needsTls12;
  }

  void needTls12() {
    needsTls12 = true;
  }

  boolean refusesExtendedPassive() {
    return refusesExtendedPassive;
  }

  void refuseExtendedPassive() {
    refusesExtendedPassive = true;
  }

  /** Says whether a data connection was made the way that they are asked for now. */
  boolean reachesData() {
    return reachesData;
  }

  void reachData() {
    reachesData = true;
  }

  /** Says whether a port that was told is good for the very next command only. */
  boolean forgetsPorts() {
    return forgetsPorts;
  }

  void forgetPorts() {
    forgetsPorts = true;
  }

  boolean tellsNoTimes() {
    return tellsNoTimes;
  }

  void tellNoTimes() {
    tellsNoTimes = true;
  }

  /** Says whether {@code LIST -a} listed a directory itself, so that it always does. */
  boolean listsItself() {
    return listsItself;
  }

  void listItself() {
    listsItself = true;
  }

  boolean refusesModes() {
    return refusesModes;
  }

  void refuseModes() {
    refusesModes = true;
  }

  /** Returns which ways to set a time are worth a try, in this order. */
  List<TimeCommand> timeCommands(Features features) {
    TimeCommand known = timeCommand;
    if (known != null) {
      return List.of(known);
    }
    if (features.has("MFMT")) {
      return List.of(TimeCommand.MFMT);
    }
    return timesRefused.get() >= TRIES
        ? List.of()
        : List.of(TimeCommand.MDTM, TimeCommand.SITE_UTIME, TimeCommand.SITE_UTIME_OF_THREE);
  }

  void setsTimesBy(TimeCommand command) {
    timeCommand = command;
  }

  // one file may be another's; of several that are our own, none can be
  void refuseTimes() {
    timesRefused.incrementAndGet();
  }
}
