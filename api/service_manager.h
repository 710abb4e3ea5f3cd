/*
 * service_manager.h - a word to the service manager (systemd, Type=notify) that the service is ready or stopping.
 *
 * Thread: any.
 */
#ifndef API_SERVICE_MANAGER_H
#define API_SERVICE_MANAGER_H

/* Send a state as sd_notify(3) has them, e.g. "READY=1". Without a service manager (NOTIFY_SOCKET) nothing happens. */
void service_manager_notify(const char *state);

#endif
