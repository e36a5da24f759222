/** Works out when schedules are due, through every clock change; pure, with no clock inside. */
@NullMarked
package io.waybill.scheduler.time;

import org.jspecify.annotations.NullMarked;
