/*
 * fault.h - places where a test may end or hold the process: every step of a batch has one. In builds with
 * ZCD_FAULT_POINTS only; in others nothing of it is there.
 *
 * The environment's FAULT_POINT names one: "committed:kill" ends the process there as kill -9 does;
 * "committed:wait:PATH" makes the file PATH there, once, and waits until somebody removes it. Thread: any.
 */
#ifndef AUDIT_FAULT_H
#define AUDIT_FAULT_H

#ifdef ZCD_FAULT_POINTS
void fault_point(const char *name);
#else
static inline void fault_point(const char *name)
{
    (void)name;
}
#endif

#endif
