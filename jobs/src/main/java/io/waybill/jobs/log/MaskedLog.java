package io.waybill.jobs.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.waybill.jobs.FailureCause;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Sets up the log of a process, so that no secret that was handed out gets into it. */
public final class MaskedLog {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{20} %msg"
          + "%replace( run=%X{run} job=%X{job} step=%X{step} attempt=%X{attempt}){' (run|job|step|attempt)=(?= |$)', ''}%n";

  private static final String OURS = "io.waybill";

  private MaskedLog() {}

  /**
   * Sends the log of this process to standard error, and nowhere else.
   *
   * @param level the least that is shown: {@code ERROR}, {@code WARN}, {@code INFO} or {@code
   *     DEBUG}
   */
  public static void toStandardError(String level) {
    to(System.err, level, SecretMask.ofThisProcess());
  }

  /** Shows no more than errors of a class, until the log is set up anew. */
  public static void onlyErrorsOf(Class<?> source) {
    context().getLogger(source).setLevel(Level.ERROR);
  }

  private static LoggerContext context() {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (!(factory instanceof LoggerContext context)) {
      throw new IllegalStateException(
          "the log is not logback but "
              + factory.getClass().getName()
              + "; secrets would not be masked");
    }
    return context;
  }

  static void to(OutputStream out, String level, SecretMask mask) {
    LoggerContext context = context();
    context.reset();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level ours = Level.valueOf(level);
    Level others = ours.isGreaterOrEqual(Level.WARN) ? ours : quieter(ours);
    root.addAppender(appender(context, out, mask, new LeastLevel(ours, others)));
    // logs of runs say what happened also where the person at the shell wants to see only trouble
    root.setLevel(finer(others, Level.WARN));
    context.getLogger(OURS).setLevel(finer(ours, Level.INFO));
    if (!ours.equals(Level.DEBUG)) {
      // it throws what it logs, and logs it with hundreds of lines
      context.getLogger("org.flywaydb").setLevel(Level.OFF);
      // the pool of the store tells its troubles, and the watch of nodes what it does about theirs
      context.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
      context.getLogger("org.quartz").setLevel(Level.ERROR);
    }
  }

  private static Level finer(Level one, Level other) {
    return one.isGreaterOrEqual(other) ? other : one;
  }

  // What libraries say at a level is mostly of interest one level further down.
  private static Level quieter(Level level) {
    return level.equals(Level.INFO) ? Level.WARN : Level.INFO;
  }

  private static OutputStreamAppender<ILoggingEvent> appender(
      LoggerContext context, OutputStream out, SecretMask mask, Filter<ILoggingEvent> filter) {
    MaskingEncoder encoder = new MaskingEncoder(mask, PATTERN);
    encoder.setContext(context);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName("masked");
    appender.setEncoder(encoder);
    appender.setOutputStream(new Unclosed(out));
    filter.start();
    appender.addFilter(filter);
    appender.start();
    return appender;
  }

  /**
   * Lets through what is wanted of us, and of others. That a database is away is said by its store,
   * once: all who meet it would say it again with a hundred lines each.
   */
  private static final class LeastLevel extends Filter<ILoggingEvent> {
    private final Level ours;
    private final Level others;

    LeastLevel(Level ours, Level others) {
      this.ours = ours;
      this.others = others;
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
      String logger = event.getLoggerName();
      boolean isOurs = logger.equals(OURS) || logger.startsWith(OURS + ".");
      boolean isWanted = event.getLevel().isGreaterOrEqual(isOurs ? ours : others);
      return isWanted && (ours.equals(Level.DEBUG) || !isDatabaseAway(event))
          ? FilterReply.NEUTRAL
          : FilterReply.DENY;
    }

    private static boolean isDatabaseAway(ILoggingEvent event) {
      return event.getThrowableProxy() instanceof ThrowableProxy thrown
          && FailureCause.isDatabaseAway(thrown.getThrowable());
    }
  }

  /** Outlives its appender: standard error is not the log's to close. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
