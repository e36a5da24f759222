package io.waybill.jobs.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import org.slf4j.LoggerFactory;

/** Hands what is logged in a run to the run's file. */
final class RunLogAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{20} %msg"
          + "%replace( step=%X{step} attempt=%X{attempt}){' (step|attempt)=(?= |$)', ''}%n";

  private final RunLogFiles files;
  private final MaskingEncoder encoder = new MaskingEncoder(SecretMask.ofThisProcess(), PATTERN);

  private RunLogAppender(RunLogFiles files) {
    this.files = files;
  }

  /** Begins to listen; returns what ends it. */
  static Runnable attach(RunLogFiles files) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    RunLogAppender appender = new RunLogAppender(files);
    appender.setContext(context);
    appender.setName("runs");
    appender.encoder.setContext(context);
    appender.listen();
    Reattachment reattachment = new Reattachment(appender);
    context.addListener(reattachment);
    return () -> {
      context.removeListener(reattachment);
      context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).detachAppender(appender);
      appender.stop();
    };
  }

  private void listen() {
    start();
    ((LoggerContext) getContext()).getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(this);
  }

  @Override
  public void start() {
    encoder.start();
    super.start();
  }

  @Override
  public void stop() {
    super.stop();
    encoder.stop();
  }

  @Override
  protected void append(ILoggingEvent event) {
    String run = event.getMDCPropertyMap().get("run");
    if (run != null) {
      files.add(run, () -> encoder.encode(event));
    }
  }

  /** Whoever sets up the log anew takes every appender off; live runs keep theirs. */
  private record Reattachment(RunLogAppender appender) implements LoggerContextListener {
    @Override
    public boolean isResetResistant() {
      return true;
    }

    @Override
    public void onReset(LoggerContext context) {
      appender.listen();
    }

    @Override
    public void onStart(LoggerContext context) {}

    @Override
    public void onStop(LoggerContext context) {}

    @Override
    public void onLevelChange(Logger logger, Level level) {}
  }
}
