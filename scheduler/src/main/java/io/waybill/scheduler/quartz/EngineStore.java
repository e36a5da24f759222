package io.waybill.scheduler.quartz;

import org.quartz.impl.jdbcjobstore.JobStoreTX;

/**
 * Quartz's JDBC store under one fixed name in the tables.
 *
 * <p>Quartz names a scheduler twice by one setting: in a registry of the whole process, where two
 * of one name collide, and in its tables, where the name must outlive the process. Public because
 * Quartz makes it by name.
 */
@SuppressWarnings("unchecked") // JobStoreTX overrides a generic method with a raw one
public final class EngineStore extends JobStoreTX {
  private static final String NAME_IN_TABLES = "waybill";

  @Override
  public void setInstanceName(String nameInProcess) {
    super.setInstanceName(NAME_IN_TABLES);
  }
}
