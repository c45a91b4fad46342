package app

import (
	"io/fs"

	"maru/design"
	"maru/domain/agency"
	"maru/domain/ask"
	"maru/domain/assistant"
	"maru/domain/audit"
	"maru/domain/authority"
	"maru/domain/benefit"
	"maru/domain/benefit/alert"
	"maru/domain/benefit/gov24"
	"maru/domain/benefit/imported"
	"maru/domain/benefit/simulate"
	"maru/domain/casework"
	"maru/domain/casework/mount"
	"maru/domain/catalog"
	editormount "maru/domain/catalog/editor/mount"
	"maru/domain/exchange"
	"maru/domain/identity"
	lives "maru/domain/life"
	"maru/domain/mandate"
	"maru/domain/mydata"
	"maru/domain/notice"
	"maru/domain/payment"
	"maru/domain/registry"
	"maru/platform/api"
	"maru/platform/backup"
	"maru/platform/blob"
	"maru/platform/crypto"
	"maru/platform/i18n"
	"maru/platform/jobs"
	"maru/platform/module"
	"maru/platform/store"
	"maru/platform/web"
)

// modules is the list of the domains, a line each. Routes, operations, jobs,
// subscriptions and checks are taken up from here.
func (a *App) modules() []module.Module {
	return []module.Module{
		a.catalog.Module(),
		editormount.Module(a.editor, a.catalog, editorBodies{a.agency}, a.previewQuestions),
		a.agency.Module(),
		a.ask.Module(),
		a.assistant.Module(),
		mount.Module(a.casework, a.cfg.PublicURL),
		a.life.Module(),
		a.mandate.Module(),
		a.mydata.Module(),
		a.exchange.Module(),
		a.benefit.Module(),
		a.alert.Module(),
		a.simulate.Module(),
		a.notice.Module(),
		a.payment.Module(),
		a.registers.Module(),
		a.identity.Module(),
		a.authority.Module(),
		a.audit.Module(),
	}
}

// migrations are the tables of the ground and of every domain.
func migrations() []store.Migrations {
	return []store.Migrations{
		jobs.Migrations(),
		blob.Migrations(),
		audit.Migrations(),
		catalog.Migrations(),
		ask.Migrations(),
		identity.Migrations(),
		authority.Migrations(),
		mydata.Migrations(),
		exchange.Migrations(),
		benefit.Migrations(),
		mount.Migrations(),
		lives.Migrations(),
		mandate.Migrations(),
		notice.Migrations(),
		alert.Migrations(),
		payment.Migrations(),
		assistant.Migrations(),
		imported.Migrations(),
		simulate.Migrations(),
		registry.Migrations(),
	}
}

// messages are the catalogues of texts.
func messages() []fs.FS {
	return []fs.FS{
		design.Messages, web.Messages(), api.Messages(), store.Messages(), crypto.Messages(), blob.Messages(), backup.Messages(), ownMessages,
		agency.Messages(), ask.Messages(), assistant.Messages(), audit.Messages(), authority.Messages(), benefit.Messages(), alert.Messages(), gov24.Messages(), simulate.Messages(), casework.Messages, catalog.Messages(), exchange.Messages(), identity.Messages(), lives.Messages(), mandate.Messages(), mydata.Messages(),
		notice.Messages(), payment.Messages(), registry.Messages(),
	}
}

func loadTexts() (*i18n.Catalog, error) { return i18n.Load(messages()...) }
